#!/usr/bin/env python3
"""Brings an S3-compatible server (versitygw) to what plan.json says: users, buckets, policies, versioning, locks. It may run any
number of times; it deletes nothing, and every step that fails ends it. One process asks for everything: starting the AWS CLI for
each request takes far longer than the request.
"""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

try:  # The AWS CLI 2 brings its own.
    from awscli.botocore.config import Config
    from awscli.botocore.session import Session
except ImportError:
    from botocore.config import Config
    from botocore.session import Session

directory = Path(os.environ["SETUP_DIRECTORY"])
plan = json.loads((directory / "plan.json").read_text())
endpoint = os.environ["S3_ENDPOINT"]
admin = {
    **os.environ,
    "ADMIN_ENDPOINT_URL": endpoint,
    "ADMIN_REGION": os.environ["AWS_DEFAULT_REGION"],
    "ADMIN_ACCESS_KEY_ID": os.environ["AWS_ACCESS_KEY_ID"],
    "ADMIN_SECRET_ACCESS_KEY": os.environ["AWS_SECRET_ACCESS_KEY"],
}
config = Config(s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=30, retries={"max_attempts": 3})
s3 = Session().create_client("s3", endpoint_url=endpoint, config=config)
# The client's own: in the AWS CLI the module of exceptions may be loaded twice, and its classes then differ.
ClientError = s3.exceptions.ClientError


def versitygw(*arguments: str) -> str:
    done = subprocess.run(["versitygw", "admin", *arguments], env=admin, capture_output=True, text=True)
    if done.returncode != 0:
        # Its arguments hold secret keys, and so may its words.
        sys.exit(f"versitygw admin {arguments[0]} failed with {done.returncode}.")
    return done.stdout


def server_answers() -> None:
    attempts = int(os.environ.get("SETUP_ATTEMPTS", "60"))
    for attempt in range(1, attempts + 1):
        try:
            s3.list_buckets()
            return
        except ClientError as error:
            sys.exit(f"The server refuses: {error}")
        except Exception as error:
            if attempt == attempts:
                sys.exit(f"The server does not answer: {endpoint}: {error}")
            time.sleep(2)


def users() -> None:
    known = {line.split()[0] for line in versitygw("list-users").splitlines() if line.strip()}
    for user in plan["users"]:
        secret = (Path(os.environ["CREDENTIALS_DIRECTORY"]) / user).read_text().strip()
        if not secret:
            sys.exit(f"There is no secret key for {user}.")
        versitygw("update-user" if user in known else "create-user", "--access", user, "--secret", secret, "--role", "user")
        print("user", user)


def bucket(wanted: dict) -> None:
    name, lock = wanted["name"], wanted.get("lockDays") or 0
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        s3.create_bucket(Bucket=name, **({"ObjectLockEnabledForBucket": True} if lock else {}))
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    tags = [{"Key": key, "Value": value} for key, value in wanted["tags"].items()]
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(wanted["policy"]))
    if lock:
        rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": lock}}
        s3.put_object_lock_configuration(
            Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
    # What the server took without a word may still not be so.
    if s3.get_bucket_versioning(Bucket=name).get("Status") != "Enabled":
        sys.exit(f"The server keeps no versions of {name}.")
    print("bucket", name)


server_answers()
users()
for each in plan["buckets"]:
    try:
        bucket(each)
    except Exception as error:
        sys.exit(f"{each['name']}: {error}")
