package io.girok.quorum.ratis;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLogContract;
import io.girok.quorum.ratis.RatisSettings.Timing;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class RatisMetadataLogTest extends MetadataLogContract {
    @TempDir
    Path directory;

    @Override
    protected MetadataLog open() {
        return new RatisMetadataLog(
                RatisSettings.alone(directory, 1).withTiming(new Timing(100, 200, 50, 20_000)), new SystemClock());
    }
}
