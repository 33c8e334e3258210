package io.girok.security.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclPermission;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.AclSubject;
import io.girok.metadata.acl.Acls;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The authorizer against a model that looks at every ACL for each question.
class RandomAclTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("runs", 300);
    private static final Principal ROOT = Principal.user("root");

    @Test
    void decisionsAreThoseOfTheModel() {
        System.out.println("RandomAclTest -Dseed=" + SEED);
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            boolean isOpen = random.nextBoolean();
            List<Acl> model = new ArrayList<>();
            Acls[] present = {Acls.NONE};
            AclAuthorizer authorizer = new AclAuthorizer(() -> present[0], new AclRules(Set.of(ROOT), isOpen));
            for (int step = 0; step < 40; step++) {
                if (!model.isEmpty() && random.nextInt(3) == 0) {
                    Acl gone = model.remove(random.nextInt(model.size()));
                    present[0] = present[0].minus(gone);
                } else {
                    Acl acl = acl(random);
                    if (!model.contains(acl)) {
                        model.add(acl);
                    }
                    present[0] = present[0].plus(acl);
                }
                for (int question = 0; question < 10; question++) {
                    ask(random, model, isOpen, authorizer);
                }
            }
        }
    }

    private static void ask(Random random, List<Acl> model, boolean isOpen, AclAuthorizer authorizer) {
        Caller caller = new Caller(Principal.user(List.of("root", "a", "b").get(random.nextInt(3))),
                List.of("", "10.0.0.1", "10.0.0.2").get(random.nextInt(3)));
        AclOperation operation = AclOperation.values()[1 + random.nextInt(AclOperation.values().length - 1)];
        AclResource resource = random.nextBoolean() ? AclResource.TOPIC : AclResource.GROUP;
        String name = name(random);

        assertThat(authorizer.isAllowed(caller, operation, resource, name))
                .as("seed %s: %s %s %s %s under %s", SEED, caller, operation, resource, name, model)
                .isEqualTo(isAllowed(model, isOpen, caller, operation, resource, name));
        if (authorizer.isAllowedOnSome(caller, operation, resource)) {
            assertThat(isPossible(model, isOpen, caller, operation, resource))
                    .as("seed %s: %s %s %s under %s", SEED, caller, operation, resource, model)
                    .isTrue();
        }
    }

    private static boolean isAllowed(List<Acl> model, boolean isOpen, Caller caller, AclOperation operation,
            AclResource resource, String name) {
        if (caller.principal().equals(ROOT)) {
            return true;
        }
        List<Acl> about = model.stream()
                .filter(acl -> acl.pattern().resource() == resource && covers(acl.pattern(), name))
                .toList();
        if (about.isEmpty()) {
            return isOpen;
        }
        List<Acl> own = about.stream().filter(acl -> isAbout(acl.subject(), caller)).toList();
        return own.stream().noneMatch(acl -> isDeny(acl) && isOf(acl, operation))
                && own.stream().anyMatch(acl -> !isDeny(acl) && (isOf(acl, operation) || implies(acl, operation)));
    }

    /// Some name of those that occur is allowed; patterns in the test cover only such names, and one that no ACL has.
    private static boolean isPossible(List<Acl> model, boolean isOpen, Caller caller, AclOperation operation,
            AclResource resource) {
        List<String> names = new ArrayList<>(List.of("nowhere"));
        model.forEach(acl -> {
            names.add(acl.pattern().name());
            names.add(acl.pattern().name() + "z");
        });
        return names.stream().anyMatch(name -> isAllowed(model, isOpen, caller, operation, resource, name));
    }

    private static boolean covers(AclPattern pattern, String name) {
        return pattern.isPrefixed()
                ? name.startsWith(pattern.name())
                : pattern.name().equals(name) || pattern.name().equals("*");
    }

    private static boolean isAbout(AclSubject subject, Caller caller) {
        return (subject.principal().equals("User:*") || subject.principal().equals(caller.principal().toString()))
                && (subject.host().equals("*") || subject.host().equals(caller.host()));
    }

    private static boolean isDeny(Acl acl) {
        return acl.permission() == AclPermission.DENY;
    }

    private static boolean isOf(Acl acl, AclOperation operation) {
        return acl.operation() == operation || acl.operation() == AclOperation.ALL;
    }

    private static boolean implies(Acl acl, AclOperation operation) {
        return switch (operation) {
            case DESCRIBE -> List.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER)
                    .contains(acl.operation());
            case DESCRIBE_CONFIGS -> acl.operation() == AclOperation.ALTER_CONFIGS;
            default -> false;
        };
    }

    private static Acl acl(Random random) {
        AclResource resource = random.nextBoolean() ? AclResource.TOPIC : AclResource.GROUP;
        return new Acl(new AclPattern(resource, random.nextBoolean(), name(random)),
                new AclSubject("User:" + List.of("a", "b", "*").get(random.nextInt(3)),
                        List.of("*", "*", "10.0.0.1").get(random.nextInt(3))),
                AclOperation.values()[random.nextInt(AclOperation.values().length)],
                random.nextInt(3) == 0 ? AclPermission.DENY : AclPermission.ALLOW);
    }

    private static String name(Random random) {
        return List.of("*", "a", "aa", "aab", "ab", "b", "ba", "*a").get(random.nextInt(8));
    }
}
