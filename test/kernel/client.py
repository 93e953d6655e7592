"""A Jupyter client for the kernel's tests: one JSON command per line on stdin, one JSON answer per line.

It starts the kernel by name through jupyter_client, as every front end does, and reports raw messages.
"""

import base64
import collections
import json
import socket
import sys
import tempfile
import time

import psutil
import zmq
from jupyter_client import KernelManager
from jupyter_client.jsonutil import json_default

channels = ("shell", "control", "stdin", "iopub")


class Kernel:
    def __init__(self, name, folder, key=None, receive_queue=None):
        """With receive_queue, the client's sockets hold so many messages and no more while nobody reads."""
        self.errors = tempfile.TemporaryFile()
        self.manager = KernelManager(kernel_name=name)
        if key is not None:
            self.manager.session.key = key.encode()
        if receive_queue is not None:
            self.manager.context = zmq.Context()
            self.manager.context.setsockopt(zmq.RCVHWM, receive_queue)
            self.manager.context.setsockopt(zmq.RCVBUF, 65536)
        begin = time.time()
        self.manager.start_kernel(cwd=folder, stderr=self.errors, stdout=self.errors)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.ready = time.time() - begin
        self.arrived = []
        self.by_parent = collections.defaultdict(list)
        self.told = 0
        self.poller = zmq.Poller()
        self.names = {getattr(self.client, name + "_channel").socket: name for name in channels}
        for one in self.names:
            self.poller.register(one, zmq.POLLIN)

    def send(self, channel, kind, content):
        message = self.client.session.msg(kind, content)
        getattr(self.client, channel + "_channel").send(message)
        return message["header"]["msg_id"]

    def read(self, seconds):
        """Takes in one message of each channel that has any; waits at most this long for the first."""
        for one, _ in self.poller.poll(seconds * 1000):
            name = self.names[one]
            self.note(name, getattr(self.client, name + "_channel").get_msg(timeout=0))

    def note(self, channel, message):
        one = {
            "channel": channel,
            "type": message["msg_type"],
            "parent": message["parent_header"].get("msg_id"),
            "content": message["content"],
            "header": message["header"],
            "parentHeader": message["parent_header"],
        }
        self.arrived.append(one)
        # A request of the fuzz test may have had an id of any type.
        self.by_parent[json.dumps(one["parent"])].append(one)

    def answer(self, parent, begin):
        mine = self.by_parent[json.dumps(parent)]
        reply = self.reply(parent)
        return {
            "id": parent,
            "reply": reply and reply["content"],
            "replyType": reply and reply["type"],
            "messages": [{"type": m["type"], "content": m["content"]} for m in mine if m["channel"] == "iopub"],
            "prompts": [m["content"] for m in mine if m["channel"] == "stdin"],
            "seconds": time.time() - begin,
        }

    def reply(self, parent):
        return next((one for one in self.by_parent[json.dumps(parent)] if one["channel"] in ("shell", "control")), None)

    def ended(self, parent):
        mine = self.by_parent[json.dumps(parent)]
        idle = any(m["type"] == "status" and m["content"]["execution_state"] == "idle" for m in mine)
        return idle and self.reply(parent) is not None

    def first_text(self, parent):
        return any(one["type"] == "stream" for one in self.by_parent[json.dumps(parent)])

    def exchange(self, requests, timeout, interrupt_after=None, inputs=()):
        """Sends requests at once, waits for reply and idle of each.

        Can interrupt the first one some seconds after it has printed something, and can answer what it asks for.
        """
        inputs = list(inputs)
        begin = time.time()
        ids = [self.send(*request) for request in requests]
        prompts = 0
        printed = None
        interrupted = None
        while not all(self.ended(one) for one in ids):
            self.read(0.02)
            now = time.time()
            asked = sum(one["channel"] == "stdin" for one in self.by_parent[json.dumps(ids[0])])
            if asked > prompts and inputs:
                self.client.input(inputs.pop(0))
                prompts += 1
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

    def send_frames(self, messages):
        """Sends frames as they are: a list of (channel, [base64, ...])."""
        for channel, frames in messages:
            getattr(self.client, channel + "_channel").socket.send_multipart(decoded(frames))

    def disturb(self, frames):
        """Sends frames to the heartbeat, and what is no ZeroMQ at all to every port."""
        with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
            dealer.linger = 1000
            dealer.connect(self.client._make_url("hb"))
            for one in frames:
                dealer.send_multipart(decoded(one))
        for port in self.manager.ports:
            with socket.create_connection((self.manager.ip, port)) as stranger:
                stranger.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def beat(self, text):
        """What the heartbeat sends back; a busy machine may take seconds for it."""
        with zmq.Context() as context, context.socket(zmq.REQ) as heart:
            heart.linger = 0
            heart.connect(self.client._make_url("hb"))
            heart.send(text.encode())
            return heart.recv().decode() if heart.poll(10_000) else None

    def news(self):
        """Everything that has arrived since this was asked last."""
        while self.poller.poll(0):
            self.read(0)
        fresh = self.arrived[self.told :]
        self.told = len(self.arrived)
        return fresh

    def memory(self):
        """Resident memory of the kernel and of the processes it has started, in MB."""
        total = 0
        kernel = psutil.Process(self.manager.provisioner.pid)
        for process in [kernel, *kernel.children(recursive=True)]:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                pass  # it has ended since it was listed
        return total / 1e6

    def flood(self, code, stall):
        """Runs a cell that prints numbered lines for ever, reads nothing for some seconds, interrupts, reads on."""
        before = self.memory()
        parent = self.send("shell", "execute_request", {"code": code, "silent": False, "store_history": True})
        while not self.first_text(parent):
            self.read(0.02)
        memory = []
        end = time.time() + stall
        while time.time() < end:
            time.sleep(0.05)
            memory.append(self.memory())
        self.manager.interrupt_kernel()
        interrupted = time.time()
        replied = None
        while not self.ended(parent) and time.time() < interrupted + 60:
            self.read(0.02)
            if replied is None and self.reply(parent) is not None:
                replied = time.time() - interrupted
        memory.append(self.memory())
        streams = (one for one in self.by_parent.pop(json.dumps(parent)) if one["type"] == "stream")
        lines = "".join(one["content"]["text"] for one in streams).splitlines()
        self.arrived.clear()
        self.told = 0
        wrong = next((i for i, line in enumerate(lines) if line.strip() != str(i)), None)
        return {
            "before": before,
            "peak": max(memory),
            "replyAfter": replied,
            "idleAfter": time.time() - interrupted,
            "lines": len(lines),
            "firstWrongLine": wrong if wrong is None else [wrong, lines[wrong].strip()[:80]],
        }

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
        if self.manager.is_alive():
            self.manager.shutdown_kernel(now=True)
        self.client.stop_channels()
        return {
            "seconds": seconds,
            "reply": self.answer(parent, begin)["reply"],
            "printed": self.printed(),
        }


def decoded(frames):
    return [base64.b64decode(frame) for frame in frames]


def main():
    kernels = {}
    for line in sys.stdin:
        command = json.loads(line)
        kernel = kernels.get(command.get("kernel"))
        try:
            match command["do"]:
                case "start":
                    number = len(kernels)
                    kernels[number] = Kernel(
                        command["name"], command["folder"], command.get("key"), command.get("receiveQueue")
                    )
                    key = kernels[number].manager.session.key.decode()
                    result = {"kernel": number, "ready": kernels[number].ready, "key": key}
                case "exchange":
                    result = kernel.exchange(
                        command["requests"],
                        command["timeout"],
                        command.get("interruptAfter"),
                        command.get("inputs", ()),
                    )
                case "frames":
                    result = kernel.send_frames(command["messages"])
                case "disturb":
                    result = kernel.disturb(command["frames"])
                case "beat":
                    result = kernel.beat(command["text"])
                case "news":
                    result = kernel.news()
                case "memory":
                    result = kernel.memory()
                case "flood":
                    result = kernel.flood(command["code"], command["stall"])
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
            print(json.dumps({"result": result}, default=json_default), flush=True)
        except Exception as error:
            print(json.dumps({"error": repr(error)}), flush=True)


main()
