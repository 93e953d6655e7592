"""Prints the automatic points of every graded cell of an assignment, {student: {cell: points}}, as JSON."""

import json
import sys

from nbgrader.api import Gradebook

with Gradebook("sqlite:///" + sys.argv[1]) as gradebook:
    submissions = gradebook.assignment_submissions(sys.argv[2])
    points = {
        one.student.id: {grade.name: grade.auto_score for notebook in one.notebooks for grade in notebook.grades}
        for one in submissions
    }
print(json.dumps(points))
