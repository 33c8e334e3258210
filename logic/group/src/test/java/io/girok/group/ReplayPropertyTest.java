package io.girok.group;

import static io.girok.group.GroupFixture.GROUP;
import static io.girok.group.GroupFixture.TOPIC;
import static io.girok.group.GroupFixture.joiner;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.Decision;
import io.girok.coordinator.PartitionLog.FailureReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random members do random things while the log fails at random: what the coordinator holds is always what a replay of
/// its log gives.
class ReplayPropertyTest {
    private static final int RUNS = 30;
    private static final int STEPS = 400;
    private static final String[] INSTANCES = {"a", "b", "c"};

    private static final class Play {
        final GroupFixture fixture = new GroupFixture();
        final Random random;
        final List<String> ids = new ArrayList<>();
        final Map<String, String> instanceOf = new HashMap<>();
        int generation;

        Play(long seed) {
            random = new Random(seed);
        }

        void step() {
            switch (random.nextInt(16)) {
                case 0, 1 -> watch(fixture.join(joiner().version(random.nextBoolean() ? 9 : 3)), null);
                case 2 -> {
                    String instance = INSTANCES[random.nextInt(INSTANCES.length)];
                    watch(fixture.join(joiner().instance(instance).version(5 + random.nextInt(5))), instance);
                }
                case 3, 4, 5 -> {
                    String id = anId();
                    watch(
                            fixture.join(
                                    joiner().id(id)
                                            .instance(instanceOf.get(id))
                                            .topic(random.nextInt(4) == 0 ? "other" : TOPIC)),
                            instanceOf.get(id));
                }
                case 6, 7, 8 -> fixture.sync(anId(), generation, GroupFixture.assignments(ids));
                case 9 -> heartbeat();
                case 10 -> leave();
                case 11, 12 -> commit();
                case 13 -> fixture.advance(random.nextInt(4_000));
                case 14 -> fixture.advance(random.nextInt(40_000));
                case 15 -> rarely();
                default -> throw new AssertionError();
            }
        }

        /// Nothing here waits for an answer: the log may be held.
        private void heartbeat() {
            fixture.groups.heartbeat(
                    new HeartbeatRequestData().setGroupId(GROUP).setMemberId(anId()).setGenerationId(generation));
            fixture.shard.runAll();
        }

        private void leave() {
            var answer = fixture.groups.submit(
                    GROUP,
                    new LeaveGroup(
                            new LeaveGroupRequestData().setGroupId(GROUP)
                                    .setMembers(
                                            List.of(
                                                    new MemberIdentity()
                                                            .setMemberId(anId())))),
                    reason -> new LeaveGroupResponseData());
            fixture.shard.runAll();
            assertThat(answer).isNotNull();
        }

        private void commit() {
            String id = random.nextBoolean() ? anId() : "";
            var answer = fixture.groups.commit(
                    fixture.request(
                            random.nextInt(3) == 0 ? "alone" : GROUP,
                            id,
                            id.isEmpty() ? -1 : generation,
                            random.nextBoolean() ? TOPIC : "other",
                            random.nextInt(1_000)));
            fixture.shard.runAll();
            assertThat(answer).isNotNull();
        }

        private void rarely() {
            switch (random.nextInt(7)) {
                case 0 -> fixture.groups.delete(GROUP);
                case 1 -> fixture.log.refuse(
                        random.nextInt(3) == 0 ? FailureReason.STORAGE_FAILED : FailureReason.UNAVAILABLE);
                case 2 -> fixture.log.hold();
                case 3 -> fixture.log.failHeld(FailureReason.UNAVAILABLE, random.nextBoolean());
                case 4 -> {
                    fixture.topics.put("other", new TopicId(2, random.nextInt(1_000)));
                    fixture.groups.topicsDeleted();
                }
                case 5 -> fixture.advance(90_000_000);
                default -> settle();
            }
            fixture.shard.runAll();
        }

        /// Lets everything be committed; a coordinator that was deposed leads again.
        void settle() {
            fixture.log.accept();
            fixture.log.commit();
            fixture.advance(1_000);
            if (fixture.describe().errorCode() == Errors.NOT_COORDINATOR.code()) {
                fixture.groups.lead(0, fixture.log, fixture.shard);
                fixture.advance(1_000);
            }
            fixture.shard.runAll();
        }

        private void watch(CompletableFuture<JoinGroupResponseData> answer, String instance) {
            answer.thenAccept(data -> {
                if (!data.memberId().isEmpty() && !ids.contains(data.memberId())) {
                    ids.add(data.memberId());
                    instanceOf.put(data.memberId(), instance);
                }
                if (0 < data.generationId()) {
                    generation = data.generationId();
                }
            });
        }

        private String anId() {
            return ids.isEmpty() ? "nobody" : ids.get(Math.max(0, ids.size() - 1 - random.nextInt(5)));
        }

        Map<String, Object> live() {
            CompletableFuture<Map<String, Object>> answer = fixture.groups.submit(
                    GROUP,
                    (state, reply) -> Decision.answered(reply, durable(state)),
                    reason -> Map.of("refused", reason));
            fixture.shard.runAll();
            return answer.join();
        }

        Map<String, Object> replayed() {
            GroupState state = new GroupState(fixture.settings, fixture.clock, _ -> TopicId.ZERO, null);
            for (CoordinatorRecord record : fixture.records()) {
                state.applyRecord(record);
            }
            return durable(state);
        }
    }

    private static Map<String, Object> durable(GroupState state) {
        Map<String, Object> durable = new TreeMap<>();
        for (ClassicGroup group : state.groups()) {
            group.written().ifPresent(written -> {
                durable.put("group " + group.id(), written);
                if (group.phase() == GroupPhase.STABLE) {
                    Map<String, Bytes> assignments = new HashMap<>();
                    group.members().forEach(member -> assignments.put(member.id(), member.assignment));
                    assertThat(group.toValue(written.stateTimestampMs(), assignments)).isEqualTo(written);
                }
            });
            state.offsets().forEach(group.id(), (key, value) -> durable.put("offset " + key, value));
        }
        return durable;
    }

    @Test
    @Timeout(60)
    void theStateIsAlwaysWhatAReplayOfTheLogGives() {
        long first = Long.getLong("seed", System.nanoTime());
        int generations = 0;
        for (long seed = first; seed < first + RUNS; seed++) {
            Play play = new Play(seed);
            for (int step = 0; step < STEPS; step++) {
                play.step();
                if (step % 20 == 19) {
                    play.settle();
                    assertThat(play.live()).as("-Dseed=%d, step %d", seed, step).isEqualTo(play.replayed());
                }
            }
            generations += play.generation;
        }
        assertThat(generations).as("the play gets somewhere").isGreaterThan(RUNS * 3);
    }
}
