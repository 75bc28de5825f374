"""One clock, one seed, one thread at a time: real threads that run only while they hold the baton.

A task is a real thread, so the program under test keeps its blocking code. It gives the
baton away only where it would block (a queue, an event, the network, sleep), and which of
the ready tasks is next is drawn from the seed. When none is ready, the clock jumps to the
next timer. So one seed is one history.

A `Process` is what can be killed: its tasks raise `Killed` wherever they wait or next pass
a crash point, and from then on may neither write nor send.
"""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Final

HUNG_S: Final = 60.0  # of real time in which nobody has passed the baton on: somebody blocks for real


class Killed(BaseException):
    """This task's process has been killed. Nothing it does from now on has any effect."""


class Deadlock(AssertionError):
    """Nobody can run and no timer is set."""


class Hung(Exception):
    """A task blocks for real. Its thread cannot be ended: no other world can be played in this process."""


class Process:
    """A group of tasks that live and die together."""

    def __init__(self, world: Scheduler, name: str) -> None:
        self.world, self.name = world, name
        self.dead = False
        self.tasks: list[Task] = []
        self.on_death: list[Callable[[], None]] = []
        self._doom, self._passes = "", 0
        self.asleep = False
        self.held: list[Task] = []  # ready, but asleep
        world.processes.append(self)

    def doom(self, point: str, passes: int = 0) -> None:
        """It dies at this crash point, once it has passed it so many times."""
        self._doom, self._passes = point, passes

    def check(self) -> None:
        """Raises Killed in a dead process."""
        if self.dead:
            raise Killed(self.name)

    def point(self, name: str) -> None:
        """A place where this process may be doomed to die. Raises Killed."""
        self.check()
        if self._doom != name:
            return
        if self._passes:
            self._passes -= 1
            return
        kind = "office" if self.name == "office" else "till"
        self.world.fault(f"{kind} killed {name}", f"{self.name} is killed {name}")
        self.kill()
        raise Killed(self.name)

    def kill(self) -> None:
        """End it now. A task that is running ends at its next step."""
        if self.dead:
            return
        self.dead = True
        self.world.wake_up(self)
        for task in self.tasks:
            self.world.wake(task)
        for call in self.on_death:
            call()


class Task:
    """One simulated thread."""

    def __init__(self, process: Process, name: str, run: Callable[[], object]) -> None:
        self.process, self.name, self.run = process, name, run
        self.baton = threading.Lock()
        self.baton.acquire()
        self.ready = False
        self.woken = False
        self.wait = 0  # which wait it is in: a timer of an earlier one is stale
        self.done = False


class Scheduler:
    """The simulated world's clock, randomness and tasks. `trace` is the history so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 0.0  # seconds since the beginning
        self.trace: list[str] = []
        self.faults: Counter[str] = Counter()  # what was done to the house, by kind
        self.deeds: Counter[str] = Counter()  # what people did in it, by kind
        self.errors: list[BaseException] = []
        self.processes: list[Process] = []
        self._ready: list[Task] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._passed = 0  # how often the baton has changed hands
        self._main = Task(Process(self, "main"), "main", lambda: None)
        self._nobody = Task(Process(self, "nobody"), "nobody", lambda: None)
        self.current = self._main

    # ---- the history ---------------------------------------------------------------------

    def note(self, text: str) -> None:
        self.trace.append(f"{self.now:.4f} {text}")

    def fault(self, kind: str, text: str = "") -> None:
        """Something bad has been done to the house."""
        self.faults[kind] += 1
        self.note(text or kind)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def suspend(self, process: Process, seconds: float) -> None:
        """Nothing of a process runs for so long; what it is told meanwhile it finds when it wakes up."""
        process.asleep = True
        process.held += [task for task in self._ready if task.process is process]
        self._ready = [task for task in self._ready if task.process is not process]
        self.at(self.now + seconds, lambda: self.wake_up(process))

    def wake_up(self, process: Process) -> None:
        process.asleep = False
        held, process.held = process.held, []
        self._ready += held

    def leap(self, seconds: float) -> None:
        """All clocks jump, as over a night: what is due in between happens at its end, once."""
        self.now += seconds

    # ---- waiting and waking --------------------------------------------------------------

    def spawn(self, name: str, run: Callable[[], object], process: Process | None = None) -> Task:
        """A new task of `process`, by default of the one that asks."""
        process = process or self.current.process
        task = Task(process, name, run)
        process.tasks.append(task)
        threading.Thread(target=self._live, args=(task,), name=name, daemon=True).start()
        self._make_ready(task)
        return task

    def park(self, until: float | None = None) -> bool:
        """Wait for `wake`: True. Or until that time: False. Raises Killed."""
        me = self.current
        me.process.check()
        me.wait += 1
        me.woken = False
        if until is not None:
            self.at(until, partial(self._time_out, me, me.wait))
        self._pass_on(me)
        me.process.check()
        return me.woken

    def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        while self.park(until):
            continue

    def breathe(self) -> None:
        """Let others run in between, if the seed says so."""
        if self.chance(0.25):
            self.sleep(self.random.expovariate(100.0))

    def wake(self, task: Task) -> None:
        if not (task.done or task.ready or task is self.current):
            task.woken = True
            self._make_ready(task)

    def at(self, time: float, call: Callable[[], None]) -> None:
        """Call something at a time. It must not block."""
        heapq.heappush(self._timers, (max(time, self.now), next(self._order), call))

    def wait_for(self, future: Future[Any], until: float | None = None) -> bool:
        """Park until the future is done, or until that time; whether it is done."""
        me = self.current
        if not future.done():
            future.add_done_callback(lambda _: self.wake(me))
        while not future.done():
            if not self.park(until):
                break
        return future.done()

    # ---- the main task's -----------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Let the world go on for so long. Raises what a task has failed with."""
        self.sleep(seconds)
        if self.errors:
            raise self.errors[0]

    def end(self) -> None:
        """Kill everything that still runs, so that no thread outlives its history."""
        for process in self.processes:
            if process is not self._main.process:
                process.kill()
        while any(not task.done for process in self.processes for task in process.tasks):
            self.park(self.now)

    # ---- the baton -----------------------------------------------------------------------

    def _make_ready(self, task: Task) -> None:
        task.ready = True
        (task.process.held if task.process.asleep else self._ready).append(task)

    def _time_out(self, task: Task, wait: int) -> None:
        if task.wait == wait and not (task.ready or task.done):
            self._make_ready(task)

    def _next(self) -> Task:
        while not self._ready:
            if not self._timers:
                # The main task tells: it is the one whose exceptions are seen.
                self.errors.append(Deadlock("every task waits and no timer is set"))
                return self._main
            time, _, call = heapq.heappop(self._timers)
            self.now = max(self.now, time)
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - the main task raises it; the baton must go on
                error.add_note(f"in a timer at {self.now:.3f}")
                self.errors.append(error)
        at = self.random.randrange(len(self._ready)) if len(self._ready) > 1 else 0
        task = self._ready.pop(at)
        task.ready = False
        return task

    def _pass_on(self, me: Task) -> None:
        """Give the baton to whoever is next, and come back with it."""
        self.current = self._nobody  # timers belong to no task, and may wake even the one that goes to sleep
        task = self._next()
        self.current = task
        if task is me:
            return
        self._passed += 1
        task.baton.release()
        if me.done:
            return
        if me is self._main:
            self._come_back(me)
        else:
            me.baton.acquire()

    def _come_back(self, me: Task) -> None:
        """The main task waits for the baton, and looks whether it still goes from hand to hand. Raises Hung."""
        passed = -1
        while not me.baton.acquire(timeout=HUNG_S):
            if passed == self._passed:
                raise Hung(f"for {HUNG_S} s nothing has happened at {self.now:.0f} s in {self.current.name}")
            passed = self._passed

    def _live(self, task: Task) -> None:
        task.baton.acquire()
        try:
            task.process.check()
            task.run()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - the main task raises it
            error.add_note(f"in {task.name} of {task.process.name} at {self.now:.3f}")
            self.errors.append(error)
        task.done = True
        self._pass_on(task)
