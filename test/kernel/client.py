"""A Jupyter client for the kernel's tests: one JSON command per line on stdin, one JSON answer per line.

It starts the kernel by name through jupyter_client, as every front end does, and reports raw messages.
"""

import json
import queue
import sys
import tempfile
import time

from jupyter_client import KernelManager


class Kernel:
    def __init__(self, name, folder):
        self.errors = tempfile.TemporaryFile()
        self.manager = KernelManager(kernel_name=name)
        begin = time.time()
        self.manager.start_kernel(cwd=folder, stderr=self.errors, stdout=self.errors)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.ready = time.time() - begin
        self.arrived = []

    def send(self, channel, kind, content):
        message = self.client.session.msg(kind, content)
        getattr(self.client, channel + "_channel").send(message)
        return message["header"]["msg_id"]

    def read(self, seconds):
        """Takes in whatever has arrived; waits at most this long for the first message."""
        try:
            self.note("iopub", self.client.get_iopub_msg(timeout=seconds))
        except queue.Empty:
            pass
        for channel in ("shell", "control", "stdin"):
            try:
                while True:
                    self.note(channel, getattr(self.client, "get_" + channel + "_msg")(timeout=0))
            except queue.Empty:
                pass

    def note(self, channel, message):
        self.arrived.append(
            {
                "channel": channel,
                "type": message["msg_type"],
                "parent": message["parent_header"].get("msg_id"),
                "content": message["content"],
            }
        )

    def answer(self, parent, begin):
        mine = [one for one in self.arrived if one["parent"] == parent]
        reply = next((one for one in mine if one["channel"] != "iopub"), None)
        return {
            "id": parent,
            "reply": reply and reply["content"],
            "replyType": reply and reply["type"],
            "messages": [{"type": m["type"], "content": m["content"]} for m in mine if m["channel"] == "iopub"],
            "seconds": time.time() - begin,
        }

    def ended(self, parent):
        mine = [one for one in self.arrived if one["parent"] == parent]
        idle = any(m["type"] == "status" and m["content"]["execution_state"] == "idle" for m in mine)
        return idle and any(one["channel"] != "iopub" for one in mine)

    def first_text(self, parent):
        return any(one["parent"] == parent and one["type"] == "stream" for one in self.arrived)

    def exchange(self, requests, timeout, interrupt_after=None):
        """Sends requests at once, waits for reply and idle of each.

        Can interrupt the first one some seconds after it has printed something.
        """
        begin = time.time()
        ids = [self.send(*request) for request in requests]
        printed = None
        interrupted = None
        while not all(self.ended(one) for one in ids):
            self.read(0.02)
            now = time.time()
            if printed is None and self.first_text(ids[0]):
                printed = now
            due = interrupt_after is not None and printed is not None and now > printed + interrupt_after
            if due and interrupted is None:
                beating = self.client.hb_channel.is_beating()
                self.manager.interrupt_kernel()
                interrupted = time.time()
            if not self.manager.is_alive():
                raise RuntimeError("the kernel died: " + self.printed())
            if now > begin + timeout:
                break
        answers = [self.answer(one, begin) for one in ids]
        if interrupted is not None:
            answers[0]["stoppedAfter"] = time.time() - interrupted
            answers[0]["heartbeat"] = beating
        return answers

    def forge(self, kind, code):
        """Sends an execute request that must not be obeyed."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        session = self.client.session
        message = session.msg("execute_request", content)
        frames = session.serialize(message)
        delimiter = frames.index(b"<IDS|MSG>")
        signature = delimiter + 1
        if kind == "unsigned":
            frames[signature] = b""
        elif kind == "wrong":
            frames[signature] = b"0" * 64
        elif kind == "changed":
            frames[-1] = json.dumps({**content, "code": code + " "}).encode()
        elif kind == "truncated":
            frames = frames[: signature + 2]
        elif kind == "no delimiter":
            frames = [b"hello"]
        elif kind == "not JSON":
            frames[signature + 1] = b"{"
            frames[signature] = session.sign(frames[signature + 1 :])
        elif kind == "no header":
            frames[signature + 1] = b"{}"
            frames[signature] = session.sign(frames[signature + 1 :])
        self.client.shell_channel.socket.send_multipart(frames)
        return message["header"]["msg_id"]

    def late(self, seconds):
        end = time.time() + seconds
        before = len(self.arrived)
        while time.time() < end:
            self.read(0.05)
        return self.arrived[before:]

    def printed(self):
        """What the process wrote to its stdout and stderr."""
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def shut_down(self, restart):
        begin = time.time()
        parent = self.send("control", "shutdown_request", {"restart": restart})
        while self.manager.is_alive() and time.time() - begin < 10:
            self.read(0.01)
        seconds = time.time() - begin
        self.read(0.1)
        self.client.stop_channels()
        return {
            "seconds": seconds,
            "reply": self.answer(parent, begin)["reply"],
            "printed": self.printed(),
        }


def main():
    kernels = {}
    for line in sys.stdin:
        command = json.loads(line)
        kernel = kernels.get(command.get("kernel"))
        try:
            match command["do"]:
                case "start":
                    number = len(kernels)
                    kernels[number] = Kernel(command["name"], command["folder"])
                    result = {"kernel": number, "ready": kernels[number].ready}
                case "exchange":
                    result = kernel.exchange(command["requests"], command["timeout"], command.get("interruptAfter"))
                case "forge":
                    result = {"id": kernel.forge(command["kind"], command["code"])}
                case "begin":
                    result = {"id": kernel.send(*command["request"])}
                case "late":
                    result = kernel.late(command["seconds"])
                case "messages":
                    result = kernel.answer(command["id"], time.time())["messages"]
                case "shutdown":
                    result = kernel.shut_down(command["restart"])
            print(json.dumps({"result": result}), flush=True)
        except Exception as error:
            print(json.dumps({"error": repr(error)}), flush=True)


main()
