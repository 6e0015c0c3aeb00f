"""What a rotation leaves in the store, against a store in memory."""

import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[5] / "components/security/secrets/rotation"))

import rotate  # noqa: E402


class NotFound(Exception):
    pass


class Store:
    """Secrets Manager, as far as the function speaks to it."""

    class exceptions:
        ResourceNotFoundException = NotFound

    def __init__(self, value, password="A1b2" * 8):
        self.values = {"old": json.dumps(value) if isinstance(value, dict) else value}
        self.stages = {"old": ["AWSCURRENT"], "new": ["AWSPENDING"]}
        self.password = password
        self.asked = []

    def describe_secret(self, SecretId):
        return {"VersionIdsToStages": {version: list(names) for version, names in self.stages.items()}}

    def get_secret_value(self, SecretId, VersionStage, VersionId=None):
        for version, names in self.stages.items():
            if VersionStage in names and VersionId in (None, version) and version in self.values:
                return {"SecretString": self.values[version]}
        raise NotFound

    def get_random_password(self, **asked):
        self.asked.append(asked)
        return {"RandomPassword": self.password}

    def put_secret_value(self, SecretId, ClientRequestToken, SecretString, VersionStages):
        self.values[ClientRequestToken] = SecretString
        self.stages[ClientRequestToken] = VersionStages

    def update_secret_version_stage(self, SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId):
        self.stages[RemoveFromVersionId].remove(VersionStage)
        self.stages[MoveToVersionId].append(VersionStage)


STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]


def rotate_by(store, *steps):
    for step in steps:
        rotate.handler({"SecretId": "s", "ClientRequestToken": "new", "Step": step}, None, store)


def current(store):
    return json.loads(store.get_secret_value("s", "AWSCURRENT")["SecretString"])


class Rotation(unittest.TestCase):
    def test_replaces_the_password_and_keeps_the_rest(self):
        store = Store({"password": "old", "username": "migrate"})
        rotate_by(store, *STEPS)
        self.assertEqual(current(store), {"password": "A1b2" * 8, "username": "migrate"})

    def test_generates_letters_and_digits_alone(self):
        store = Store({"password": "old"})
        rotate_by(store, "createSecret")
        self.assertEqual(
            store.asked, [{"PasswordLength": 32, "ExcludePunctuation": True, "RequireEachIncludedType": True}]
        )

    def test_changes_nothing_that_is_read_before_the_last_step(self):
        store = Store({"password": "old"})
        rotate_by(store, *STEPS[:3])
        self.assertEqual(current(store), {"password": "old"})

    def test_does_each_step_once_however_often_it_is_asked(self):
        store = Store({"password": "old"})
        rotate_by(store, "createSecret")
        store.password = "Z9y8" * 8
        rotate_by(store, "createSecret", *STEPS, *STEPS)
        self.assertEqual(current(store), {"password": "A1b2" * 8})
        self.assertEqual(len(store.asked), 1)

    def test_refuses_a_password_that_a_service_would_not_take(self):
        for password in ["short", "a/b+" * 8]:
            store = Store({"password": "old"}, password)
            with self.assertRaises(ValueError):
                rotate_by(store, *STEPS)
            self.assertEqual(current(store), {"password": "old"})

    def test_passes_when_the_rotation_is_only_set_up(self):
        store = Store({"password": "A1b2" * 8})
        store.values["new"] = store.values["old"]
        rotate_by(store, "testSecret")
        self.assertEqual(store.asked, [])

    def test_refuses_a_value_that_lost_something(self):
        store = Store({"password": "old", "username": "migrate"})
        rotate_by(store, "createSecret")
        store.values["new"] = json.dumps({"password": "A1b2" * 8})
        with self.assertRaisesRegex(ValueError, "more than the password"):
            rotate_by(store, "testSecret")

    def test_refuses_what_is_no_step_and_no_version_to_come(self):
        store = Store({"password": "old"})
        with self.assertRaisesRegex(ValueError, "no step"):
            rotate_by(store, "guess")
        store.stages["new"] = []
        with self.assertRaisesRegex(ValueError, "not the one to come"):
            rotate_by(store, "createSecret")
        del store.stages["new"]
        with self.assertRaisesRegex(ValueError, "not one of the secret"):
            rotate_by(store, "createSecret")

    def test_says_nothing_of_a_value_that_it_cannot_read(self):
        for value in ["{}", '"open sesame"', '{"password": 1}']:
            with self.assertRaises(ValueError) as refused:
                rotate_by(Store(value), "createSecret")
            self.assertNotIn("sesame", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
