package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclFilter;
import io.girok.metadata.acl.AclFilter.Match;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclPermission;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.AclSubject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AclsTest {
    private static final Acl READ = Acl.allow(topic("orders"), "User:alice", AclOperation.READ);
    private static final Acl WRITE = Acl.allow(topic("orders"), "User:alice", AclOperation.WRITE);
    private static final Acl PREFIX = Acl.deny(AclPattern.prefixed(AclResource.TOPIC, "ord"), "User:*",
            AclOperation.ALL);

    private final World world = new World(7);

    private static AclPattern topic(String name) {
        return AclPattern.literal(AclResource.TOPIC, name);
    }

    private List<Result<Boolean>> create(Acl... acls) {
        return world.run(new CreateAcls(List.of(acls)));
    }

    private static AclFilter named(String name, Match match) {
        return new AclFilter(AclResource.TOPIC, name, match, null, null, null, null);
    }

    @Test
    void whatIsThereAlreadyIsNoMistakeAndNothingNew() {
        assertThat(create(READ, WRITE, READ)).containsExactly(Result.of(true), Result.of(true), Result.of(false));
        assertThat(create(READ)).containsExactly(Result.of(false));

        assertThat(world.image.acls().stream()).containsExactlyInAnyOrder(READ, WRITE);
    }

    @Test
    void whatMakesNoSenseIsRefusedAloneAndTheRestIsDone() {
        List<Acl> wrong = List.of(Acl.allow(topic(""), "User:alice", AclOperation.READ),
                Acl.allow(AclPattern.literal(AclResource.CLUSTER, "orders"), "User:alice", AclOperation.ALTER),
                Acl.allow(AclPattern.prefixed(AclResource.CLUSTER, "kafka"), "User:alice", AclOperation.ALTER),
                Acl.allow(topic("orders"), "alice", AclOperation.READ),
                Acl.allow(topic("orders"), ":alice", AclOperation.READ),
                Acl.allow(topic("orders"), "User:", AclOperation.READ),
                new Acl(topic("orders"), new AclSubject("User:alice", ""), AclOperation.READ, AclPermission.ALLOW));

        for (Acl acl : wrong) {
            List<Result<Boolean>> results = create(acl, READ);

            assertThat(results.getFirst().error()).as("%s", acl).isEqualTo(ControllerError.INVALID_REQUEST);
            assertThat(results.getLast().isOk()).isTrue();
        }

        assertThat(world.image.acls().stream()).containsExactly(READ);
    }

    @Test
    void strangeNamesAreNamesLikeOthers() {
        for (String name : List.of("*", "../../etc/passwd", "a\u0000b", "or*", "n".repeat(30_000))) {
            assertThat(create(Acl.allow(topic(name), "User:*", AclOperation.READ)).getFirst().isOk()).isTrue();
        }

        assertThat(world.image.acls().size()).isEqualTo(5);
        assertThat(world.image.acls().covering(AclResource.TOPIC, "orders")).containsExactly(topic("*"));
    }

    @Test
    void aFilterTakesAwayWhatItMatches() {
        create(READ, WRITE, PREFIX);

        assertThat(world.run(new DeleteAcls(List.of(named("orders", Match.MATCH), named("ord", Match.LITERAL),
                named("orders", Match.LITERAL)))))
                .satisfiesExactly(
                        match -> assertThat(match.get()).containsExactlyInAnyOrder(READ, WRITE, PREFIX),
                        none -> assertThat(none.get()).isEmpty(),
                        again -> assertThat(again.get()).containsExactlyInAnyOrder(READ, WRITE));

        assertThat(world.image.acls().size()).isZero();
    }

    @Test
    void moreThanABatchHoldsIsRefusedAndNothingIsHalfDone() {
        List<Acl> many = IntStream.range(0, 30_000)
                .mapToObj(i -> Acl.allow(topic("t" + i), "User:alice", AclOperation.READ))
                .toList();

        List<Result<Boolean>> results = world.run(new CreateAcls(many));
        int taken = world.image.acls().size();
        for (int from = taken; from < many.size(); from = world.image.acls().size()) {
            world.run(new CreateAcls(many.subList(from, Math.min(many.size(), from + 5_000))));
        }
        Result<List<Acl>> deleted = world.run(new DeleteAcls(List.of(AclFilter.ALL))).getFirst();

        assertThat(results.getLast().error()).isEqualTo(ControllerError.POLICY_VIOLATION);
        assertThat(taken).isBetween(5_000, 20_000);
        assertThat(deleted.error()).isEqualTo(ControllerError.POLICY_VIOLATION);
        assertThat(world.image.acls().size()).isEqualTo(many.size());
    }
}
