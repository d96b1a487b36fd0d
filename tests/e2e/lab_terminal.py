#!/usr/bin/env python3
"""A student at a terminal: types what the worksheet of lab 01 says, and reads what comes.

    lab_terminal.py PROGRAM LABS     with PLAINTALK_WORKSPACE set
"""
import re
import subprocess
import sys

from terminal import Terminal

program, labs = sys.argv[1:3]
student = Terminal(program, "--labs", labs, "start", "01", "--student", "terminal")
student.wait(rb"connected to")
sheet = subprocess.run([program, "--labs", labs, "read", "01"], capture_output=True, text=True, check=True).stdout
student.type(re.search(r"/join #\w+", sheet).group())
code = student.wait(rb"door code is (\d+)").group(1).decode()
student.type(f"Thanks, the code is {code}.")
student.wait(rb"Between us")
student.type("Goodbye!")
student.wait(rb"See you")
student.type("/quit")
student.wait(rb"packets in ")
status = student.end()
if status == 0:
    # Once more from the last step: what comes before is played, then the terminal is the student's.
    student = Terminal(program, "--labs", labs, "restore", "01", "--stage", "5")
    student.wait(rb"Between us.*tonight")
    student.wait(rb"#\w+> ")
    student.type("Goodbye!")
    student.wait(rb"See you")
    student.type("/quit")
    student.wait(rb"packets in ")
    status = student.end()
sys.exit(f"FAILED: the lab ended with {status}" if status else 0)
