package io.girok.security.acl;

import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.Acls;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Authorizes by the ACLs that are in force when it is asked. Thread-safe.
///
/// Decisions are remembered for each caller, and forgotten, all of them, as soon as the ACLs are other ones. Strangers
/// choose names, so that what is remembered is bounded in number and in size.
public final class AclAuthorizer implements Authorizer {
    static final int MAX_CALLERS = 500;
    static final int MAX_DECISIONS_PER_CALLER = 2_000;
    /// A longer name is decided upon each time it comes.
    static final int MAX_REMEMBERED_CHARACTERS = 249;

    /// A question that a caller has asked.
    ///
    /// @param name null for "some resource"
    private record Question(AclOperation operation, AclResource resource, @Nullable String name) {}

    /// What is known of one caller.
    private record Known(AclDecision decision, Map<Question, Boolean> answers) {}

    /// Decisions that hold as long as `basis` does.
    private record Memory(Acls basis, Map<Caller, Known> callers) {}

    private final Supplier<Acls> acls;
    private final AclRules rules;
    private volatile Memory memory = new Memory(Acls.NONE, new ConcurrentHashMap<>());

    /// @param acls those in force
    public AclAuthorizer(Supplier<Acls> acls, AclRules rules) {
        this.acls = acls;
        this.rules = rules;
    }

    @Override
    public boolean isAllowed(Caller caller, AclOperation operation, AclResource resource, String name) {
        if (rules.superUsers().contains(caller.principal())) {
            return true;
        }
        Known known = known(caller);
        return name.length() <= MAX_REMEMBERED_CHARACTERS
                ? answer(known, new Question(operation, resource, name))
                : known.decision().isAllowed(operation, resource, name);
    }

    @Override
    public boolean isAllowedOnSome(Caller caller, AclOperation operation, AclResource resource) {
        return rules.superUsers().contains(caller.principal())
                || answer(known(caller), new Question(operation, resource, null));
    }

    private static boolean answer(Known known, Question question) {
        Boolean remembered = known.answers().get(question);
        if (remembered != null) {
            return remembered;
        }
        String name = question.name();
        boolean isAllowed = name == null
                ? known.decision().isAllowedOnSome(question.operation(), question.resource())
                : known.decision().isAllowed(question.operation(), question.resource(), name);
        if (MAX_DECISIONS_PER_CALLER <= known.answers().size()) {
            known.answers().clear();
        }
        known.answers().put(question, isAllowed);
        return isAllowed;
    }

    private Known known(Caller caller) {
        Memory present = memory();
        Known known = present.callers().get(caller);
        if (known != null) {
            return known;
        }
        Known fresh = new Known(new AclDecision(present.basis(), rules, caller), new ConcurrentHashMap<>());
        if (MAX_CALLERS <= present.callers().size()) {
            present.callers().clear();
        }
        present.callers().put(caller, fresh);
        return fresh;
    }

    // That they are the same ones is enough, and takes no time.
    @SuppressWarnings("ReferenceEquality")
    private Memory memory() {
        Acls present = acls.get();
        Memory known = memory;
        if (known.basis() != present) {
            known = new Memory(present, new ConcurrentHashMap<>());
            memory = known;
        }
        return known;
    }
}
