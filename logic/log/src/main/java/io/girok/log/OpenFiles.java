package io.girok.log;

import io.girok.base.Disk;

/// The budget of open files (`max.open.segments`). Thread-safe.
public final class OpenFiles {
    private final Disk disk;
    private final int maxOpen;

    public OpenFiles(Disk disk, int maxOpen) {
        this.disk = disk;
        this.maxOpen = maxOpen;
    }

    @Override
    public String toString() {
        return disk + ", " + maxOpen;
    }
}
