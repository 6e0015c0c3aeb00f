"""What a rotation leaves in the store, against a store in memory."""

import datetime
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

    def __init__(self, value, password="A1b2" * 8, rotated=None):
        self.values = {"old": json.dumps(value) if isinstance(value, dict) else value}
        self.stages = {"old": ["AWSCURRENT"], "new": ["AWSPENDING"]}
        self.password = password
        self.rotated = rotated
        self.asked = []

    def describe_secret(self, SecretId):
        rotated = {} if self.rotated is None else {"LastRotatedDate": self.rotated}
        return {"VersionIdsToStages": {version: list(names) for version, names in self.stages.items()}, **rotated}

    def get_secret_value(self, SecretId, VersionStage, VersionId=None):
        for version, names in self.stages.items():
            if VersionStage in names and VersionId in (None, version) and version in self.values:
                return {"SecretString": self.values[version]}
        raise NotFound

    def get_random_password(self, **asked):
        self.asked.append(asked)
        return {"RandomPassword": self.password or f"{len(self.asked):04d}" * 8}

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


def turned(value, count):
    """The values of as many rotations, one after the other."""
    values = [value]
    for _ in range(count):
        store = Store(values[-1], password=None)
        store.asked = [None] * 7 * len(values)
        rotate_by(store, *STEPS)
        values.append(current(store))
    return values


CACHE = {f"{user}{slot}": f"{user}{slot or 'Now'}" for user in ["application", "probe"] for slot in ["", "Next"]} | {
    "applicationBefore": "applicationNow",
    "probeBefore": "probeNow",
}
DATABASE = {"turns": "a b c", "login": "a", "password": "pa", "a": "pa", "b": "pb", "c": "pc"}


class Turns(unittest.TestCase):
    def test_moves_each_users_passwords_up(self):
        after = turned(CACHE, 1)[1]
        self.assertEqual(
            {name: part for name, part in after.items() if not name.endswith("Next")},
            {
                "application": "applicationNext",
                "applicationBefore": "applicationNow",
                "probe": "probeNext",
                "probeBefore": "probeNow",
            },
        )
        self.assertEqual(len({after["applicationNext"], after["probeNext"], *CACHE.values()}), 6)
        self.assertEqual(set(after), set(CACHE))

    def test_uses_no_password_that_a_service_does_not_have_since_the_turn_before(self):
        values = turned(CACHE, 6)
        for before, after in zip(values, values[1:]):
            for user in ["application", "probe"]:
                accepted = lambda value: {value[user], value[f"{user}Next"], value[f"{user}Before"]}
                self.assertIn(after[user], accepted(before))
                self.assertIn(before[user], accepted(after))
                self.assertNotEqual(after[user], before[user])
        self.assertEqual(len({value["application"] for value in values}), 7)

    def test_lets_logins_take_turns(self):
        values = turned(DATABASE, 4)
        self.assertEqual([value["login"] for value in values], ["a", "b", "c", "a", "b"])
        for before, after in zip(values, values[1:]):
            # The new login has had its password since the turn before; the old one keeps its own; the resting one changes.
            self.assertEqual(after["password"], before[after["login"]])
            self.assertEqual(after[before["login"]], before["password"])
            changed = {turn for turn in "abc" if after[turn] != before[turn]}
            self.assertEqual(changed, set("abc") - {before["login"], after["login"]})
        self.assertEqual(len({value["password"] for value in values}), 5)

    def test_waits_until_everybody_has_what_came_into_use(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        for value in [CACHE, DATABASE]:
            store = Store(value, rotated=now - datetime.timedelta(minutes=119))
            with self.assertRaisesRegex(ValueError, "not 2:00:00 ago"):
                rotate_by(store, *STEPS)
            self.assertEqual(current(store), value)
            store.rotated = now - datetime.timedelta(minutes=121)
            store.password = None
            rotate_by(store, *STEPS)
            self.assertNotEqual(current(store), value)
        alone = Store({"password": "old"}, rotated=now)
        rotate_by(alone, *STEPS)
        self.assertEqual(current(alone), {"password": "A1b2" * 8})

    def test_refuses_what_does_not_follow_from_the_current_value(self):
        for value, spoilt in [
            (CACHE, {"application": "applicationNow"}),
            (CACHE, {"probeBefore": "x"}),
            (CACHE, {"more": "x"}),
            (DATABASE, {"login": "c"}),
            (DATABASE, {"a": "x"}),
            (DATABASE, {"password": "pa"}),
        ]:
            store = Store(value, password=None)
            rotate_by(store, "createSecret")
            store.values["new"] = json.dumps({**json.loads(store.values["new"]), **spoilt})
            with self.assertRaisesRegex(ValueError, "more than what is renewed"):
                rotate_by(store, "testSecret")

    def test_refuses_a_value_by_which_nobody_could_take_turns(self):
        for value in [
            {**DATABASE, "turns": "a b"},
            {**DATABASE, "turns": "a a b c"},
            {**DATABASE, "turns": "a b c d"},
            {**DATABASE, "login": "d"},
            {"application": "x", "applicationNext": "y"},
        ]:
            with self.assertRaisesRegex(ValueError, "The value"):
                rotate_by(Store(value), "createSecret")


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
        for password in ["short", "a/b+" * 8, "Z9y8" * 8]:
            value = {"password": "old", "other": "Z9y8" * 8}
            store = Store(value, password)
            with self.assertRaisesRegex(ValueError, "another form"):
                rotate_by(store, *STEPS)
            self.assertEqual(current(store), value)

    def test_passes_when_the_rotation_is_only_set_up(self):
        for value in [{"password": "A1b2" * 8}, CACHE, DATABASE]:
            store = Store(value)
            store.values["new"] = store.values["old"]
            rotate_by(store, "testSecret")
            self.assertEqual(store.asked, [])

    def test_refuses_a_value_that_lost_something(self):
        store = Store({"password": "old", "username": "migrate"})
        rotate_by(store, "createSecret")
        store.values["new"] = json.dumps({"password": "A1b2" * 8})
        with self.assertRaisesRegex(ValueError, "more than what is renewed"):
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
        for value in ["{}", '"open sesame"', "open sesame", '{"password": 1}', '{"word": "open sesame"}']:
            with self.assertRaises(ValueError) as refused:
                rotate_by(Store(value), "createSecret")
            self.assertNotIn("sesame", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
