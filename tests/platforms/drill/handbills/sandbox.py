"""A strict local stand-in for Handbills, written from its rules, not from the form."""

from campaigns import documents
from campaigns.gateway.standin import Answer, Demo, Write, json_answer

HOME = "/v1/handbills"
COUNT = 25


class StandIn:
    key = "handbills"
    base_path = "/v1"
    token_path = ""
    secret_header = "x-handbills-key"

    def __init__(self):
        self.options = {"page_size": 20}
        self.demo = Demo()

    def seed(self):
        return {
            f"sheet{number:02}": {"title": f"Sheet {number}", "state": "printing"}
            | {"copies": 10 * number}
            for number in range(1, COUNT + 1)
        }

    def answer(self, request, world):
        if request.headers.get(self.secret_header) != "demo-key":
            return json_answer(401, {})
        if request.path == HOME:
            return listing(world, int(request.query["after"][0]))
        number = request.path.removeprefix(f"{HOME}/")
        sheet = world.shown(number)
        if sheet is None:
            return json_answer(404, {"wrong": {"": "No such sheet."}})
        if request.method == "GET":
            return json_answer(200, {"handbill": {"number": number, **sheet}})
        return judged(number, documents.loads(request.body))

    def refusal(self, world, status, kind, words):
        return json_answer(status, {"wrong": {"": words}})

    def masked(self, text):
        return text


def listing(world, after):
    rows = [
        {"number": number, "title": sheet["title"], "state": sheet["state"]}
        for number, sheet in sorted(world.campaigns().items())
    ]
    following = after + world.options["page_size"]
    onward = {"next": str(following)} if following < len(rows) else {}
    return json_answer(200, {"handbills": rows[after:following], **onward})


def judged(number, body):
    wrong = {key: "Not a field." for key in body if key not in ("title", "copies")}
    if not 0 < len(body.get("title", "x")) <= 80:
        wrong["title"] = "1 to 80 characters."
    if not 0 < body.get("copies", 1) <= 5000:
        wrong["copies"] = "1 to 5000."
    if wrong:
        return json_answer(400, {"wrong": wrong})
    return Answer(204, write=Write(number, body))
