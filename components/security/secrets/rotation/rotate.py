"""Rotates generated passwords in Secrets Manager.

The value of a secret is a JSON object, which says by itself how it is renewed. Nobody is told: the cluster reads the new value
from the store. So that nothing has to happen at the same moment as anything else, what comes into use has been known to the
service since the turn before, and what goes out of use is valid until the turn after:

- "x", "xNext" and "xBefore" are three passwords of one user, all of them valid: each moves up, and the next is generated.
- "turns" names logins that take turns. The one whose turn it is has been at rest with its password for one turn, and the one
  after it, which nobody has used for one turn, gets a new password.
- Otherwise "password" is replaced at once, and the rest stays.
"""

import datetime
import json
import string

LENGTH = 32
ALPHABET = set(string.ascii_letters + string.digits)
NEW = object()
# Until then everybody who used what goes out of use has what came into use.
SETTLED = datetime.timedelta(hours=2)


def handler(event, _context, client=None):
    """One of the four steps of a rotation."""
    if client is None:
        import boto3  # The runtime has it.

        client = boto3.client("secretsmanager")
    secret, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    known = client.describe_secret(SecretId=secret)
    stages = known.get("VersionIdsToStages", {})
    if token not in stages:
        raise ValueError("The version is not one of the secret.")
    if "AWSCURRENT" in stages[token]:
        return  # It is done; the step was asked for twice.
    if "AWSPENDING" not in stages[token]:
        raise ValueError("The version is not the one to come.")
    steps = {
        "createSecret": lambda: create(client, secret, token, known.get("LastRotatedDate")),
        "setSecret": lambda: None,
        "testSecret": lambda: test(client, secret, token),
        "finishSecret": lambda: finish(client, secret, token, stages),
    }
    if step not in steps:
        raise ValueError(f"{step} is no step of a rotation.")
    steps[step]()


def successor(value):
    """What the value to come has by what the current one has; NEW stands for what is generated."""
    if "turns" in value:
        turns = value["turns"].split()
        after = {turn: turns[(at + 1) % len(turns)] for at, turn in enumerate(turns)}
        login = after[value["login"]]
        return {**value, "login": login, "password": value[login], after[login]: NEW}
    moved = {}
    for name in value:
        if name + "Next" in value:
            moved |= {name + "Before": value[name], name: value[name + "Next"], name + "Next": NEW}
    return {**value, **(moved or {"password": NEW})}


def takes_turns(value):
    """Whether what goes out of use is valid for one turn more, and no longer."""
    return "turns" in value or any(name + "Next" in value for name in value)


def create(client, secret, token, rotated):
    """Makes the value to come, once."""
    try:
        client.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
        return
    except client.exceptions.ResourceNotFoundException:
        pass
    value = fields(client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT"))
    if rotated is not None and takes_turns(value) and datetime.datetime.now(datetime.timezone.utc) - rotated < SETTLED:
        raise ValueError(f"The last turn is not {SETTLED} ago: pods may still use what this one would end.")
    new = {name: generate(client) if part is NEW else part for name, part in successor(value).items()}
    client.put_secret_value(
        SecretId=secret,
        ClientRequestToken=token,
        SecretString=json.dumps(new),
        VersionStages=["AWSPENDING"],
    )


def generate(client):
    """A password of the form that files and addresses take without escapes."""
    return client.get_random_password(PasswordLength=LENGTH, ExcludePunctuation=True, RequireEachIncludedType=True)[
        "RandomPassword"
    ]


def test(client, secret, token):
    """The value to come is what follows from the current one, and new passwords have the form that services take.

    Secrets Manager asks for this step alone when a rotation is set up, with a version to come that it made itself: so the
    two may be the same.
    """
    current = fields(client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT"))
    pending = fields(client.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING"))
    if pending == current:
        return
    expected = successor(current)
    if any(pending.get(name) != part for name, part in expected.items() if part is not NEW) or set(pending) != set(expected):
        raise ValueError("The new value differs in more than what is renewed.")
    for name in (name for name, part in expected.items() if part is NEW):
        if len(pending[name]) != LENGTH or not set(pending[name]) <= ALPHABET or pending[name] in current.values():
            raise ValueError("The new password has another form than the service takes, or is an old one.")


def finish(client, secret, token, stages):
    """The value to come becomes the one that is read."""
    current = next(version for version, names in stages.items() if "AWSCURRENT" in names)
    client.update_secret_version_stage(
        SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
    )


def fields(answer):
    """The fields of a value. No message ever holds one."""
    try:
        value = json.loads(answer["SecretString"])
    except ValueError:
        value = None
    if not isinstance(value, dict) or not value or not all(isinstance(part, str) for part in value.values()):
        raise ValueError("The value is no JSON object of texts.")
    if "turns" in value:
        turns = value["turns"].split()
        if len(set(turns)) < 3 or len(set(turns)) != len(turns) or value.get("login") not in turns or set(turns) - set(value):
            raise ValueError("The value does not have a login whose turn it is, and a password of each of three or more.")
    elif not takes_turns(value) and "password" not in value:
        raise ValueError("The value has no password.")
    elif any(name + "Next" in value and name + "Before" not in value for name in value):
        raise ValueError("The value has a password that comes next, and none that was before.")
    return value
