"""Rotates a generated password in Secrets Manager.

The value of a secret is a JSON object. The function replaces what is under "password" and keeps the rest. Nobody is told:
the cluster reads the new value from the store, and the operator of the database gives it to the role.
"""

import json
import string

LENGTH = 32
ALPHABET = set(string.ascii_letters + string.digits)
FIELD = "password"


def handler(event, _context, client=None):
    """One of the four steps of a rotation."""
    if client is None:
        import boto3  # The runtime has it.

        client = boto3.client("secretsmanager")
    secret, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    stages = client.describe_secret(SecretId=secret).get("VersionIdsToStages", {})
    if token not in stages:
        raise ValueError("The version is not one of the secret.")
    if "AWSCURRENT" in stages[token]:
        return  # It is done; the step was asked for twice.
    if "AWSPENDING" not in stages[token]:
        raise ValueError("The version is not the one to come.")
    steps = {
        "createSecret": create,
        "setSecret": lambda *_: None,
        "testSecret": test,
        "finishSecret": lambda *_: finish(client, secret, token, stages),
    }
    if step not in steps:
        raise ValueError(f"{step} is no step of a rotation.")
    steps[step](client, secret, token)


def create(client, secret, token):
    """Makes the value to come, once."""
    try:
        client.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
        return
    except client.exceptions.ResourceNotFoundException:
        pass
    value = fields(client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT"))
    value[FIELD] = client.get_random_password(
        PasswordLength=LENGTH, ExcludePunctuation=True, RequireEachIncludedType=True
    )["RandomPassword"]
    client.put_secret_value(
        SecretId=secret,
        ClientRequestToken=token,
        SecretString=json.dumps(value),
        VersionStages=["AWSPENDING"],
    )


def test(client, secret, token):
    """The value to come has the form that files and addresses take without escapes, and everything that the old one has.

    Secrets Manager asks for this step alone when a rotation is set up, with a version to come that it made itself: so the
    password may still be the old one here.
    """
    current = fields(client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT"))
    pending = fields(client.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING"))
    password = pending[FIELD]
    if len(password) != LENGTH or not set(password) <= ALPHABET:
        raise ValueError("The new password has another form than the service takes.")
    if {**current, FIELD: ""} != {**pending, FIELD: ""}:
        raise ValueError("The new value differs in more than the password.")


def finish(client, secret, token, stages):
    """The value to come becomes the one that is read."""
    current = next(version for version, names in stages.items() if "AWSCURRENT" in names)
    client.update_secret_version_stage(
        SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
    )


def fields(answer):
    """The fields of a value. No message ever holds one."""
    value = json.loads(answer["SecretString"])
    if not isinstance(value, dict) or not isinstance(value.get(FIELD), str):
        raise ValueError(f"The value is no JSON object with a {FIELD}.")
    return value
