"""Two network namespaces, each with one TUN interface whose packets this process carries.

A TUN interface has no offloads: what is read from it are the packets as they would be on the wire, with checksums, of at most the
MTU. Namespaces end with this process; nothing outside of them is touched.
"""
import contextlib
import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIOCSIFADDR, SIOCSIFNETMASK, SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8916, 0x891C, 0x8913, 0x8914
SIOCSIFDSTADDR, SIOCSIFMTU, SIOCSIFTXQLEN = 0x8918, 0x8922, 0x8943
IFF_UP, IFF_RUNNING = 0x1, 0x40
MTU = 1500
_libc = ctypes.CDLL(None, use_errno=True)


class NotPossible(Exception):
    """This machine does not allow such a network; the text says why."""


def _call(name, *arguments):
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


def become_owner_of_namespaces():
    """Without rights of its own, a process has them in a user namespace, in which it needs a network of its own to come back to.

    REQUIRES that no thread has been started.
    """
    if os.geteuid() == 0:
        return
    user, group = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNET)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


class Host:
    """One namespace: an address, its TUN interface and its kernel's counters."""

    def __init__(self, address, peer, settings):
        self.address = address
        with self._kept_place():
            _call("unshare", CLONE_NEWNET)
            self._namespace = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH22x", b"path", IFF_TUN | IFF_NO_PI))
            self._set_up(b"lo", None, None)
            self._set_up(b"path", address, peer)
            self._write_settings(settings)

    @staticmethod
    @contextlib.contextmanager
    def _kept_place():
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            yield
        finally:
            _call("setns", before, CLONE_NEWNET)
            os.close(before)

    @contextlib.contextmanager
    def inside(self):
        """What opens sockets or reads /proc here does it on this host."""
        with self._kept_place():
            _call("setns", self._namespace, CLONE_NEWNET)
            yield

    @staticmethod
    def _set_up(name, address, peer):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            def set_address(request, text):
                fcntl.ioctl(control, request, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(text)))
            if address:
                set_address(SIOCSIFADDR, address)
                set_address(SIOCSIFNETMASK, "255.255.255.255")
                set_address(SIOCSIFDSTADDR, peer)
                fcntl.ioctl(control, SIOCSIFMTU, struct.pack("16si20x", name, MTU))
                # The path decides what is lost, never a queue of the interface.
                fcntl.ioctl(control, SIOCSIFTXQLEN, struct.pack("16si20x", name, 10000))
            flags = struct.unpack("16sH22x", fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sH22x", name, 0)))[1]
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH22x", name, flags | IFF_UP | IFF_RUNNING))

    @staticmethod
    def _write_settings(settings):
        for name, value in settings.items():
            with open("/proc/sys/net/ipv4/" + name, "w", encoding="ascii") as file:
                file.write(str(value))

    def counters(self):
        """What `nstat` shows: this namespace is new, so the values are those of this run."""
        counters = {}
        with self.inside():
            for path in ("/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"):
                with open(path, encoding="ascii") as file:
                    lines = [line.split() for line in file]
                for names, values in zip(lines[::2], lines[1::2]):
                    group = names[0].rstrip(":")
                    if group in ("Tcp", "TcpExt"):
                        counters.update({group + name: int(value) for name, value in zip(names[1:], values[1:])})
        return {name: value for name, value in counters.items() if value > 0}

    def socket(self):
        with self.inside():
            return socket.socket(socket.AF_INET, socket.SOCK_STREAM)

    def close(self):
        os.close(self.tun)
        os.close(self._namespace)


@contextlib.contextmanager
def two_hosts(client_settings, server_settings):
    """The client 10.9.0.1 and the server 10.9.0.2; raises NotPossible."""
    hosts = []
    try:
        for address, peer, settings in (("10.9.0.1", "10.9.0.2", client_settings), ("10.9.0.2", "10.9.0.1", server_settings)):
            hosts.append(Host(address, peer, settings))
    except OSError as error:
        for host in hosts:
            host.close()
        raise NotPossible(str(error)) from error
    try:
        yield hosts
    finally:
        for host in hosts:
            host.close()
