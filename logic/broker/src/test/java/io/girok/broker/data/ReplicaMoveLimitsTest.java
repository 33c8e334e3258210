package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.MemoryDisk;
import io.girok.broker.TestAnswer;
import io.girok.files.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Moves between log directories that wait for their turn, or find too little room.
class ReplicaMoveLimitsTest extends TwoLogDirectories {
    private static final int FLOOR = 1_000_000;
    private static final int FILLED = 20;

    @Test
    void ofManyMovesAFewRunAtATimeAndTheOthersWait() throws IOException {
        int topics = 10;
        int partitions = 200;
        AlterReplicaLogDirsRequestData request = request(SECOND.toString(), "topic-0", 0);
        request.dirs().find(SECOND.toString()).topics().clear();
        for (int i = 0; i < topics; i++) {
            fill("topic-" + i, partitions);
            request.dirs()
                    .find(SECOND.toString())
                    .topics()
                    .add(new AlterReplicaLogDirTopic().setName("topic-" + i)
                            .setPartitions(IntStream.range(0, partitions).boxed().toList()));
        }

        TestAnswer answer = node.sendOnly(request, 2);
        int mostCopies = 0;
        do {
            for (int tasks = 0; tasks < 20; tasks++) {
                node.runShards();
                node.pool.runOne();
            }
            mostCopies = Math.max(mostCopies, copies());
        } while (node.broker.partitions().moves().iterator().hasNext() || !answer.isThere());
        node.runAll();

        assertThat(answer.as(AlterReplicaLogDirsResponseData.class).results()).hasSize(topics)
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(partitions)
                        .allSatisfy(result -> assertThat(result.errorCode()).isZero()));
        assertThat(mostCopies).as("as many as log directories").isEqualTo(2);
        List<Path> places = new ArrayList<>();
        node.broker.partitions().forEachReplica(replica -> places.add(replica.directory().path()));
        assertThat(places).hasSize(topics * partitions).containsOnly(SECOND);
        assertThat(disk.list(SECOND)).filteredOn(name -> name.startsWith("topic-")).hasSize(topics * FILLED);
        assertThat(disk.list(FIRST)).noneMatch(name -> name.matches("topic-[0-9]+-[0-9]+"));
    }

    /// A record in some partitions: the others have no files.
    private void fill(String topic, int partitions) {
        TopicId id = node.createTopic(topic, partitions);
        ProduceRequestData records = produce(topic, id, 0, Messages.ALL, batch("0"));
        for (int partition = 1; partition < FILLED; partition++) {
            Messages.addRecords(records, topic, id, partition, batch(Integer.toString(partition)));
        }
        node.send(records, 13);
    }

    private int copies() throws IOException {
        return (int) disk.list(SECOND).stream().filter(name -> name.endsWith(FileNames.FUTURE_DIRECTORY)).count();
    }

    @Test
    void aMoveThatWaitsForItsTurnCanBeCalledOff() throws IOException {
        node.createTopic(ORDERS, "orders", 8);
        List<Integer> first = new ArrayList<>();
        for (int partition = 0; partition < 8; partition++) {
            node.send(produce("orders", ORDERS, partition, Messages.ALL, batch("one")), 13);
            if (disk.list(FIRST).contains("orders-" + partition)) {
                first.add(partition);
            }
        }
        limit(0);
        alter(request(SECOND.toString(), "orders", first.toArray(Integer[]::new)), 2);

        alter(request(FIRST.toString(), "orders", first.getLast()), 2);
        limit(1_000_000);
        node.advance(10_000);

        assertThat(first).hasSize(4);
        assertThat(disk.list(FIRST)).filteredOn(name -> name.matches("orders-[0-9]+"))
                .containsExactly("orders-" + first.getLast());
        assertThat(disk.list(SECOND)).filteredOn(name -> name.startsWith("orders-")).hasSize(7);
    }

    /// It is closed for the first move when the second one is asked for.
    @Test
    void aMoveBackWaitsForTheEndOfTheFirst() throws IOException {
        for (long seed = 0; seed < Long.getLong("runs", 100); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MemoryDisk ownDisk = startAnew();
            node.createTopic(ORDERS, "orders", 1);
            send("a");
            node.sendOnly(request(SECOND.toString()), 2);
            for (int steps = random.nextInt(60); 0 < steps; steps--) {
                node.runOne(random);
            }

            node.sendOnly(request(FIRST.toString()), 2);
            for (int steps = random.nextInt(20); 0 < steps; steps--) {
                node.runOne(random);
            }
            send("b");
            node.advance(10_000);

            // The second is sent again if it came when the log was closed.
            assertThat(readAll().stream().distinct()).as("seed %d", seed).containsExactly("a", "b");
            assertThat(ownDisk.list(FIRST)).as("seed %d", seed).contains("orders-0");
            assertThat(ownDisk.list(SECOND)).as("seed %d", seed).noneMatch(name -> name.matches("orders-0"));
        }
    }

    @Test
    void aLargeLogIsCopiedInTurnsSoThatOthersHaveTheirs() {
        node.createTopic(ORDERS, "orders", 1);
        for (int i = 0; i < 20; i++) {
            send("x".repeat(1_000_000));
        }
        long before = disk.usedBytes();
        node.sendOnly(request(SECOND.toString()), 2);

        long mostBytes = 0;
        while (node.broker.partitions().moves().iterator().hasNext() || disk.usedBytes() == before) {
            node.runShards();
            long usedBytes = disk.usedBytes();
            node.pool.runOne();
            mostBytes = Math.max(mostBytes, disk.usedBytes() - usedBytes);
        }

        assertThat(mostBytes).isBetween(15_000_000L, 18_000_000L);
    }

    private void assertThatItStaysWhereItWas(int endOffset) throws IOException {
        node.advance(1_000);
        send("b");
        assertThat(values(only(node.send(fetch("orders", ORDERS, 0, endOffset), 18).as(FetchResponseData.class))))
                .containsExactly("b");
        assertThat(disk.list(FIRST)).contains("orders-0");
        assertThat(disk.list(SECOND)).noneMatch(name -> name.startsWith("orders-0"));
        assertThat(describe()).hasSize(1);
        assertThat(node.directories()).allSatisfy(directory -> assertThat(directory.failure()).isEmpty());
    }

    @Test
    void aReplicaThatFindsTooLittleRoomIsNotEvenBegunToMove() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("x".repeat(900_000));
        keepFree(FLOOR);
        leave(FLOOR + 800_000);
        long usedBytes = disk.usedBytes();

        TestAnswer answer = node.sendOnly(request(SECOND.toString()), 2);
        do {
            node.runShards();
            node.pool.runOne();
            assertThat(disk.usedBytes()).isEqualTo(usedBytes);
        } while (node.broker.partitions().moves().iterator().hasNext());
        assertThat(Errors.forCode(answer.as(AlterReplicaLogDirsResponseData.class)
                .results()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode())).isEqualTo(Errors.NONE);

        assertThatItStaysWhereItWas(1);
    }

    /// Others write to the disk meanwhile.
    @Test
    void aMoveEndsBeforeItTakesTheRoomThatIsToStayFree() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        for (int i = 0; i < 40; i++) {
            send(i + "x".repeat(100_000));
        }
        limit(500_000);
        keepFree(FLOOR);
        leave(FLOOR + 5_000_000);
        alter(SECOND.toString(), 2);
        assertThat(describe()).hasSize(2);
        leave(FLOOR + 1_200_000);

        long leastFree = Long.MAX_VALUE;
        for (int i = 0; i < 100; i++) {
            node.advance(100);
            leastFree = Math.min(leastFree, disk.usableBytes(FIRST));
        }

        assertThat(leastFree).as("one more buffer").isBetween((long) FLOOR, FLOOR + 200_000L);
        assertThatItStaysWhereItWas(40);
    }

    /// Nobody looks at the disk in between: the time stands still.
    @Test
    void whatOneMoveWritesIsNotThereForTheNext() throws IOException {
        node.createTopic(ORDERS, "orders", 4);
        List<Integer> first = new ArrayList<>();
        for (int partition = 0; partition < 4; partition++) {
            node.send(produce("orders", ORDERS, partition, Messages.ALL, batch("x".repeat(900_000))), 13);
            if (disk.list(FIRST).contains("orders-" + partition)) {
                first.add(partition);
            }
        }
        keepFree(FLOOR);
        leave(FLOOR + 1_200_000);

        alter(request(SECOND.toString(), "orders", first.toArray(Integer[]::new)), 2);

        assertThat(first).hasSize(2);
        assertThat(disk.usableBytes(FIRST)).isGreaterThanOrEqualTo(FLOOR);
        assertThat(disk.list(FIRST)).filteredOn(name -> name.matches("orders-[0-9]+")).hasSize(1);
        assertThat(disk.list(SECOND)).filteredOn(name -> name.matches("orders-[0-9]+")).hasSize(3);
    }
}
