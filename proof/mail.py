"""A mail server that takes everything and remembers the ids of what it took, at the moment it says so."""
import re, socketserver, threading


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def __init__(self):
        self.mails, self.lock = [], threading.Lock()
        super().__init__(("127.0.0.1", 0), Talk)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        try:
            say("220 sink")
            while line := self.rfile.readline():
                word = line.strip().upper()
                if word == b"DATA":
                    say("354 go on")
                    body = b""
                    while (line := self.rfile.readline()) not in (b".\r\n", b""):
                        body += line
                    found = re.search(rb"(?im)^message-id:\s*<([^>]+)>", body)
                    with self.server.lock:
                        self.server.mails.append(found.group(1).decode() if found else "none")
                    say("250 taken")
                elif word == b"QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 ok")
        except OSError:
            pass
