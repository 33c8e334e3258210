package io.girok.base;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest extends DiskContract {
    @TempDir
    Path directory;

    @Override
    Disk disk() {
        return new FileDisk();
    }

    @Override
    Path home() {
        return directory;
    }
}
