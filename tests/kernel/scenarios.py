"""What is recorded: each scenario is a path with its faults, and what the programs at its ends do."""
import dataclasses
import random
import socket
import time
import typing

from lab.path import Fate, Link, TO_CLIENT, TO_SERVER

FIN, SYN, RST = 1, 2, 4


@dataclasses.dataclass
class Scenario:
    about: str
    links: typing.Callable                 # of a random.Random: links by place, then direction
    client: typing.Callable                # what each end does
    server: typing.Callable
    connections: int = 1
    client_settings: dict = dataclasses.field(default_factory=dict)
    server_settings: dict = dataclasses.field(default_factory=dict)
    prepare: typing.Callable = lambda client, server: None
    quiet_s: float = 0.6                   # the conversation is over when nothing has passed for so long


def path_of(**directions):
    """Four links of 5 ms each; named ones get what is given: near_client_to_server=dict(fate=...)."""
    def link(name):
        return Link(**{"delay_s": 0.005, **directions.get(name, {})})

    return [[link(f"near_{place}_to_server"), link(f"near_{place}_to_client")] for place in ("client", "server")]


def chance(rng, lost=0.0, doubled=0.0, held=0.0, held_s=0.0):
    """Each packet by itself."""
    def fate(packet):
        return Fate(rng.random() < lost, 2 if rng.random() < doubled else 1, held_s * (0.5 + rng.random()) if rng.random() < held else 0.0)

    return fate


def lose_data(indices):
    """Packets with payload by their number on this link."""
    return lambda packet: Fate(packet.data_index in indices)


def between(begin_s, end_s):
    return lambda packet: Fate(begin_s <= packet.passed_s < end_s)


def chat(count, sizes, pause_s=0.0):
    """A client that asks and waits for each answer, and the server to it."""
    question, answer = sizes

    def client(end):
        end.no_delay()
        for _ in range(count):
            end.send(question)
            end.receive(answer)
            time.sleep(pause_s)
        end.finish()

    def server(end):
        end.no_delay()
        while end.receive(question) == question:
            end.send(answer)
        end.finish_after_peer()

    return dict(client=client, server=server)


def talk_both_ways(count, size, pause_s):
    """Messages at a pace from both sides, without waiting for each other."""
    def program(end):
        end.no_delay()
        for _ in range(count):
            end.send(size)
            time.sleep(pause_s)
        end.finish()

    return dict(client=program, server=program)


def upload(size, receive_buffer=None, read=lambda end: None):
    def client(end):
        end.send(size)
        end.finish()

    def server(end):
        read(end)
        end.finish_after_peer()

    def prepare(client_socket, listener):
        if listener and receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)

    return dict(client=client, server=server, prepare=prepare)


def bursts(count, size, pause_s):
    """Bursts with silence between, so that each has a tail."""
    def client(end):
        for _ in range(count):
            end.send(size)
            time.sleep(pause_s)
        end.finish()

    return dict(client=client, server=lambda end: end.finish_after_peer())


def idle(seconds):
    def client(end):
        end.send(100)
        end.receive(100)
        time.sleep(seconds)
        end.send(100)
        end.finish()

    def server(end):
        end.receive(100)
        end.send(100)
        end.finish_after_peer()

    def prepare(client_socket, listener):
        if client_socket:
            client_socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            client_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
            client_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)

    return dict(client=client, server=server, prepare=prepare)


def read_after(*pauses):
    """A reader that stops, reads some, and stops again."""
    def read(end):
        for pause_s, size in pauses:
            time.sleep(pause_s)
            end.receive(size)

    return read


def abandon(end):
    """Reads some and leaves with bytes unread, so that the kernel resets."""
    end.receive(2000)
    time.sleep(0.2)
    end.close()


NO_SACK = {"tcp_sack": 0, "tcp_timestamps": 0}
NO_TIMESTAMPS = {"tcp_timestamps": 0}

SCENARIOS = {
    "chat-loss": Scenario(
        "eight chats, 5 % of the packets lost on the way to the server and 5 % back",
        lambda rng: path_of(near_server_to_server=dict(fate=chance(rng, lost=0.05)),
                            near_client_to_client=dict(fate=chance(rng, lost=0.05))),
        connections=8, **chat(12, (180, 420), 0.01)),
    "talk-loss": Scenario(
        "three connections on which both sides send at a pace, 6 % lost on each side of the middle",
        lambda rng: path_of(near_client_to_server=dict(fate=chance(rng, lost=0.06)),
                            near_server_to_client=dict(fate=chance(rng, lost=0.06)),
                            near_server_to_server=dict(fate=chance(rng, lost=0.06))),
        connections=3, **talk_both_ways(40, 150, 0.025)),
    "upload-loss": Scenario(
        "an upload, 2 % of its packets lost",
        lambda rng: path_of(near_server_to_server=dict(fate=chance(rng, lost=0.02))), **upload(200_000)),
    "upload-queue": Scenario(
        "an upload through 1 Mbyte/s with a queue of 20 kB: the loss is congestion",
        lambda rng: path_of(near_server_to_server=dict(rate_bytes_s=1e6, queue_bytes=20_000)), **upload(180_000)),
    "upload-ack-loss": Scenario(
        "an upload, 30 % of the acknowledgements lost",
        lambda rng: path_of(near_server_to_client=dict(fate=chance(rng, lost=0.3))), **upload(100_000)),
    "upload-reordered": Scenario(
        "an upload without loss, 5 % of its packets held back 4 to 12 ms",
        lambda rng: path_of(near_client_to_server=dict(fate=chance(rng, held=0.05, held_s=0.008))), **upload(150_000)),
    "upload-doubled": Scenario(
        "an upload without loss, 5 % of its packets doubled by the network",
        lambda rng: path_of(near_client_to_server=dict(fate=chance(rng, doubled=0.05))), **upload(120_000)),
    "upload-all": Scenario(
        "an upload with 2 % loss, 3 % held back, 1 % doubled",
        lambda rng: path_of(near_client_to_server=dict(fate=chance(rng, lost=0.02, held=0.03, held_s=0.008, doubled=0.01))),
        **upload(150_000)),
    "upload-no-sack": Scenario(
        "an upload with 2 % loss, neither selective acknowledgements nor time stamps",
        lambda rng: path_of(near_server_to_server=dict(fate=chance(rng, lost=0.02))),
        client_settings=NO_SACK, server_settings=NO_SACK, **upload(120_000)),
    "upload-no-timestamps": Scenario(
        "an upload with 3 % loss and 2 % held back, without time stamps",
        lambda rng: path_of(near_client_to_server=dict(fate=chance(rng, lost=0.03, held=0.02, held_s=0.008))),
        client_settings=NO_TIMESTAMPS, server_settings=NO_TIMESTAMPS, **upload(100_000)),
    "tails": Scenario(
        "bursts of four packets, of some the last is lost",
        lambda rng: path_of(near_server_to_server=dict(fate=lose_data({3, 13, 19, 26}))), **bursts(6, 5000, 0.5)),
    "outage": Scenario(
        "a path that is dead in both directions for 1.3 s in the middle of an upload",
        lambda rng: path_of(near_server_to_server=dict(fate=between(0.10, 1.40)), near_server_to_client=dict(fate=between(0.10, 1.40))),
        **upload(200_000)),
    "delay-jump": Scenario(
        "acknowledgements that are held back 0.5 s for a while: timeouts that were not necessary",
        lambda rng: path_of(near_server_to_client=dict(
            fate=lambda packet: Fate(later_s=0.5 if 0.1 <= packet.passed_s < 0.25 else 0.0)),
            near_client_to_server=dict(rate_bytes_s=5e5)), **upload(150_000)),
    "slow-reader": Scenario(
        "a reader that stops for 3 s and again for 0.6 s, with a small buffer",
        lambda rng: path_of(), **upload(60_000, 8192, read_after((3.0, 20_000), (0.6, 20_000)))),
    "slow-reader-loss": Scenario(
        "a reader that stops, and 10 % of its acknowledgements are lost",
        lambda rng: path_of(near_client_to_client=dict(fate=chance(rng, lost=0.1))),
        **upload(50_000, 8192, read_after((1.2, 15_000), (1.0, 10_000), (0.5, 10_000)))),
    "keep-alive": Scenario("an idle connection with keep-alives every second", lambda rng: path_of(), **idle(4.5)),
    "abandoned": Scenario(
        "two readers that leave with bytes unread, 3 % lost: resets",
        lambda rng: path_of(near_server_to_server=dict(fate=chance(rng, lost=0.03))),
        connections=2, client=lambda end: _until_reset(end), server=abandon),
    "fin-loss": Scenario(
        "four chats whose ends are lost once each",
        lambda rng: path_of(near_server_to_server=dict(fate=_lose_fins(4)), near_client_to_client=dict(fate=_lose_fins(2))),
        connections=4, quiet_s=1.0, **chat(2, (120, 240))),
}


def _until_reset(end):
    try:
        for _ in range(20):
            end.send(1000)
            time.sleep(0.03)
        end.finish()
    except (ConnectionResetError, BrokenPipeError):
        pass


def _lose_fins(count):
    lost = 0

    def fate(packet):
        nonlocal lost
        if packet.flags & FIN and lost < count:
            lost += 1
            return Fate(lost=True)
        return Fate()

    return fate


def links_of(name, seed):
    return SCENARIOS[name].links(random.Random(f"{name} {seed}"))
