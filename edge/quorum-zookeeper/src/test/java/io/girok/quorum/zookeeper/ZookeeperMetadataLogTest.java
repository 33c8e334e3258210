package io.girok.quorum.zookeeper;

import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLogContract;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class ZookeeperMetadataLogTest extends MetadataLogContract {
    @TempDir
    static Path directory;
    private static ZookeeperEnsemble ensemble;

    private final String root = "/contract/" + UUID.randomUUID();

    @BeforeAll
    static void startEnsemble() {
        ensemble = ZookeeperEnsemble.start(directory, 3, List.of());
    }

    @AfterAll
    static void stopEnsemble() {
        ensemble.close();
    }

    @Override
    protected MetadataLog open() {
        return Nodes.open(Nodes.settings(ensemble.connect() + root, 1));
    }
}
