package io.girok.metadata.acl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AclsTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @Test
    void whatIsAddedTwiceIsThereOnce() {
        Acl acl = Acl.allow(AclPattern.literal(AclResource.TOPIC, "orders"), "User:alice", AclOperation.READ);

        Acls once = Acls.NONE.plus(acl);

        assertThat(once.plus(acl)).isSameAs(once);
        assertThat(once.size()).isEqualTo(1);
        assertThat(once.minus(acl)).isEqualTo(Acls.NONE);
    }

    @Test
    void patternsThatCoverANameAreItsOwnTheWildcardAndItsBeginnings() {
        Acls acls = Acls.NONE;
        for (AclPattern pattern : List.of(AclPattern.literal(AclResource.TOPIC, "orders"),
                AclPattern.literal(AclResource.TOPIC, "*"), AclPattern.prefixed(AclResource.TOPIC, "or"),
                AclPattern.prefixed(AclResource.TOPIC, "orders"), AclPattern.prefixed(AclResource.TOPIC, "orders2"),
                AclPattern.prefixed(AclResource.TOPIC, "*"), AclPattern.literal(AclResource.GROUP, "orders"))) {
            acls = acls.plus(Acl.allow(pattern, "User:alice", AclOperation.READ));
        }

        assertThat(acls.covering(AclResource.TOPIC, "orders")).containsExactlyInAnyOrder(
                AclPattern.literal(AclResource.TOPIC, "orders"), AclPattern.literal(AclResource.TOPIC, "*"),
                AclPattern.prefixed(AclResource.TOPIC, "or"), AclPattern.prefixed(AclResource.TOPIC, "orders"));
    }

    @Test
    void aRandomLifeIsThatOfASet() {
        Random random = new Random(SEED);
        Set<Acl> model = new HashSet<>();
        Acls acls = Acls.NONE;
        for (int step = 0; step < 3_000; step++) {
            Acl acl = random(random);
            if (model.contains(acl) && random.nextBoolean()) {
                model.remove(acl);
                acls = acls.minus(acl);
            } else {
                model.add(acl);
                acls = acls.plus(acl);
            }
            String name = name(random);
            AclResource resource = acl.pattern().resource();

            assertThat(acls.size()).as("seed %s", SEED).isEqualTo(model.size());
            assertThat(acls.contains(acl)).as("seed %s", SEED).isEqualTo(model.contains(acl));
            assertThat(Set.copyOf(acls.covering(resource, name))).as("seed %s", SEED)
                    .isEqualTo(patterns(model,
                            resource, name));
        }

        assertThat(acls.stream()).as("seed %s", SEED).containsExactlyInAnyOrderElementsOf(model);
        assertThat(acls.sorted()).as("seed %s", SEED).containsExactlyInAnyOrderElementsOf(model);
    }

    @Test
    void theOrderIsTheSameWhateverTheHistory() {
        Random random = new Random(SEED);
        List<Acl> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(random(random));
        }
        Acls one = all.stream().reduce(Acls.NONE, Acls::plus, (first, second) -> second);
        java.util.Collections.shuffle(all, random);
        Acls other = all.stream().reduce(Acls.NONE, Acls::plus, (first, second) -> second);

        assertThat(other).isEqualTo(one);
        assertThat(other.sorted()).containsExactlyElementsOf(one.sorted().toList());
    }

    private static Set<AclPattern> patterns(Set<Acl> model, AclResource resource, String name) {
        Set<AclPattern> covering = new HashSet<>();
        for (Acl acl : model) {
            if (acl.pattern().resource() == resource && acl.pattern().covers(name)) {
                covering.add(acl.pattern());
            }
        }
        return covering;
    }

    private static Acl random(Random random) {
        AclResource resource = random.nextBoolean() ? AclResource.TOPIC : AclResource.GROUP;
        return new Acl(new AclPattern(resource, random.nextBoolean(), name(random)),
                new AclSubject("User:" + "ab*".charAt(random.nextInt(3)), random.nextBoolean() ? "*" : "10.0.0.1"),
                AclOperation.values()[random.nextInt(4)],
                random.nextBoolean() ? AclPermission.ALLOW : AclPermission.DENY);
    }

    private static String name(Random random) {
        return random.nextInt(10) == 0 ? "*" : "aabbc".substring(random.nextInt(3)).substring(0, 1 + random.nextInt(2));
    }
}
