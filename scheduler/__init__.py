"""Who runs the jobs and when: the broker that carries wake-ups, and the timetable."""
