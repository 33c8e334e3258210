package io.girok.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.LeaderView;
import io.girok.metadata.MetadataImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ImageGroupClusterTest {
    private final List<CompletableFuture<Void>> creations = new ArrayList<>();
    private final ImageGroupCluster cluster = new ImageGroupCluster(() -> MetadataImage.EMPTY,
            new LeaderView(1, () -> false), () -> {
                creations.add(new CompletableFuture<>());
                return creations.getLast();
            });

    @Test
    void allWhoAskAtOnceWaitForOneCreation() {
        CompletableFuture<Void> first = cluster.createOffsetsTopic();
        CompletableFuture<Void> second = cluster.createOffsetsTopic();

        assertThat(creations).hasSize(1);
        assertThat(first).isNotDone();
        creations.getFirst().complete(null);
        assertThat(first).isDone();
        assertThat(second).isDone();
    }

    @Test
    void aCreationThatFailedIsTriedAgainByTheNext() {
        CompletableFuture<Void> first = cluster.createOffsetsTopic();
        creations.getFirst().completeExceptionally(new IllegalStateException("no controller"));

        CompletableFuture<Void> second = cluster.createOffsetsTopic();

        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(creations).hasSize(2);
    }

    @Test
    void whatIsNotInTheImageIsNotThere() {
        assertThat(cluster.idOf("orders")).isEqualTo(TopicId.ZERO);
        assertThat(cluster.nameOf(new TopicId(1, 1))).isNull();
        assertThat(cluster.partitionCount("orders")).isZero();
        assertThat(cluster.leaderOf("orders", 0)).isEqualTo(-1);
        assertThat(cluster.endpoint(1, "PLAINTEXT")).isNull();
    }
}
