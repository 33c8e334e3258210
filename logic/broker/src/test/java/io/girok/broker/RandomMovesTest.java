package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.log.LogDirectory;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.replication.AppendOutcome.Written;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// A replica that moves between two or three log directories of a broker that is killed, stopped and loses its power,
/// starts without one of them, and whose controller hears late, or never, where the replica is: with all directories
/// there it has what was acknowledged, and without one of them it does not lead with less.
///
/// A failure prints its seed; `-Dseed=` plays that one alone, `-Druns=` more of them.
class RandomMovesTest {
    private static final int RUNS = Integer.getInteger("runs", 300);
    private static final int STEPS = 12;
    private static final List<Path> PATHS = List.of(Path.of("/a"), Path.of("/b"), Path.of("/c"));
    private static final PartitionId ID = new PartitionId(new TopicId(4, 4), 0);

    @Test
    void whatIsThereIsFoundAndWhatIsNotIsMissed() {
        Long seed = Long.getLong("seed");
        LongStream seeds = seed == null ? LongStream.range(0, RUNS) : LongStream.of(seed);
        seeds.forEach(each -> new Game(each).play());
    }

    /// What the controller has heard of where the replica is.
    private enum Hearing {
        NEVER, OF_THE_FIRST_PLACE, LATE
    }

    /// One of them, from one seed.
    private static final class Game {
        private final long seed;
        private final SplittableRandom random;
        private final ManualClock clock = new ManualClock();
        private final MemoryDisk disk = new MemoryDisk(clock);
        private final List<Path> paths;
        private final Hearing hearing;
        private final List<TopicId> ids;
        private final List<String> history = new ArrayList<>();
        private TestNode node;
        private TopicId believed;
        private int epoch = TestNode.LEADER_EPOCH;
        private int count;

        Game(long seed) {
            this.seed = seed;
            random = new SplittableRandom(seed);
            paths = PATHS.subList(0, 2 + random.nextInt(2));
            hearing = Hearing.values()[random.nextInt(Hearing.values().length)];
            node = new TestNode(clock, disk, paths);
            ids = node.directories().stream().map(LogDirectory::directoryId).toList();
            believed = hearing == Hearing.NEVER ? TopicId.ZERO : ids.getFirst();
        }

        void play() {
            boolean isWrittenTo = random.nextInt(3) != 0;
            node.commit(created());
            node.runAll();
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(6)) {
                    case 0 -> append(isWrittenTo);
                    case 1, 2 -> move(random.nextInt(paths.size()));
                    case 3 -> tellController();
                    case 4 -> startWithAll();
                    default -> startWithout(random.nextInt(paths.size()));
                }
            }
            startWithAll();
        }

        /// Only of a replica that is not the only one does a broker tell where it is. This one alone is in sync.
        private PartitionImage image() {
            epoch++;
            return hearing == Hearing.LATE
                    ? new PartitionImage(List.of(1, 2), List.of(believed, TopicId.ZERO), List.of(1), List.of(), 1,
                            epoch, epoch)
                    : new PartitionImage(List.of(1), List.of(believed), List.of(1), 1, epoch, epoch);
        }

        private MetadataRecord[] created() {
            return new MetadataRecord[]{new MetadataRecord.TopicCreated(ID.topic(), "orders"),
                new MetadataRecord.PartitionsAdded(ID.topic(), 0, List.of(image()))};
        }

        private void append(boolean isWrittenTo) {
            node.runAll();
            if (isWrittenTo) {
                assertThat(node.append(node.awake(ID.topic(), 0), new byte[100])).as("%s", this)
                        .isInstanceOf(Written.class);
                count++;
                history.add("append");
            }
        }

        private void move(int to) {
            history.add("move to " + to);
            LogDirectory target = node.directories().get(to);
            assertThat(node.shards.getFirst().call(() -> node.broker.partitions().move("orders", 0, target)))
                    .as("%s", this)
                    .isEqualTo(Errors.NONE);
            runSome();
        }

        private void runSome() {
            if (random.nextInt(3) != 0) {
                node.runAll();
                return;
            }
            history.add("not all of it");
            for (int steps = random.nextInt(60); 0 < steps; steps--) {
                node.runOne(random);
            }
        }

        private void tellController() {
            TopicId told = node.directoryReports.get(ID);
            if (hearing == Hearing.LATE && told != null && !told.equals(believed)) {
                believed = told;
                history.add("the controller hears of " + ids.indexOf(told));
                node.commit(new MetadataRecord.PartitionsChanged(ID.topic(), 0, image()));
                runSome();
            }
        }

        private void end() {
            switch (random.nextInt(3)) {
                case 0 -> history.add("killed");
                case 1 -> {
                    history.add("stopped");
                    var stopped = node.broker.stop();
                    node.runAll();
                    assertThat(stopped).isCompleted();
                }
                default -> {
                    history.add("without power");
                    disk.crash(random.split());
                }
            }
            disk.endProcess();
        }

        private void start() {
            node = new TestNode(clock, disk, paths, List.of(created()));
        }

        private void startWithAll() {
            end();
            history.add("starts with all");
            start();
            node.runAll();
            assertThat(node.directoryReports).as("%s", this).doesNotContainEntry(ID, BrokerImage.LOST_DIRECTORY);
            assertThat(node.awake(ID.topic(), 0).leader().store().endOffset()).as("%s", this).isEqualTo(count);
        }

        private void startWithout(int away) {
            end();
            history.add("starts without " + away);
            Path path = paths.get(away);
            disk.plant(DiskFault.next(DiskOperation.LIST).lasting().on(each -> each.startsWith(path)));
            start();
            disk.removeFaults();
            node.runAll();
            TopicId told = node.directoryReports.get(ID);
            // The controller would have another one lead, or nobody.
            boolean isGivenUp = hearing == Hearing.LATE
                    && (believed.equals(ids.get(away)) || BrokerImage.LOST_DIRECTORY.equals(told));
            if (!isGivenUp && node.broker.partitions().find(ID.topic(), 0) instanceof LedPartition led
                    && node.on(led, led::wake) == Errors.NONE) {
                node.runAll();
                assertThat(led.leader().store().endOffset()).as("%s", this).isEqualTo(count);
                if (random.nextBoolean()) {
                    tellController();
                }
            }
            startWithAll();
        }

        @Override
        public String toString() {
            return "seed " + seed + ", " + paths.size() + " directories, the controller hears " + hearing + ": "
                    + history;
        }
    }
}
