package io.girok.security;

import io.girok.metadata.setting.InvalidSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Who the distinguished name in a certificate makes somebody (`ssl.principal.mapping.rules`, KIP-371). Immutable.
///
/// Rules are tried in their order; the first whose pattern fits the whole name says what becomes of it. `DEFAULT`
/// leaves the name as it is. Whom no rule fits is nobody, and not let in: rules are also there to keep others out.
public final class PrincipalMapping {
    private static final String RULE = "RULE:";
    private static final String DEFAULT = "DEFAULT";
    /// The most text that a pattern is held against: patterns may take long, and names are strangers' words.
    private static final int NAME_MAX_CHARS = 4_096;
    private static final Pattern BACK_REFERENCE = Pattern.compile("\\$(\\d+)");

    private enum Case {
        KEPT, LOWER, UPPER
    }

    /// @param pattern null in the rule DEFAULT
    private record Rule(Optional<Pattern> pattern, String replacement, Case letters) {}

    private final List<Rule> rules;

    private PrincipalMapping(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /// @throws InvalidSetting when the text is no list of rules
    public static PrincipalMapping parse(String text) {
        List<Rule> rules = new ArrayList<>();
        Cursor cursor = new Cursor(text);
        cursor.skipBlanks();
        while (!cursor.isAtEnd()) {
            rules.add(cursor.rule());
            cursor.skipBlanks();
            if (!cursor.isAtEnd()) {
                cursor.expect(',');
                cursor.skipBlanks();
            }
        }
        return new PrincipalMapping(rules.isEmpty() ? List.of(new Rule(Optional.empty(), "", Case.KEPT)) : rules);
    }

    /// The principal's name for a name as RFC 2253 writes it: `CN=alice,OU=people`; empty when no rule fits, or it is
    /// longer than any honest one.
    public Optional<String> apply(String distinguishedName) {
        if (NAME_MAX_CHARS < distinguishedName.length()) {
            return Optional.empty();
        }
        for (Rule rule : rules) {
            if (rule.pattern.isEmpty()) {
                return Optional.of(distinguishedName);
            }
            Matcher matcher = rule.pattern.get().matcher(distinguishedName);
            if (matcher.matches()) {
                String name = replaced(rule.replacement, matcher);
                // A principal has a name; a rule that leaves none of it does not apply.
                if (!name.isEmpty()) {
                    return Optional.of(inCase(name, rule.letters));
                }
            }
        }
        return Optional.empty();
    }

    private static String replaced(String replacement, Matcher matcher) {
        Matcher reference = BACK_REFERENCE.matcher(replacement);
        StringBuilder name = new StringBuilder();
        while (reference.find()) {
            String group = matcher.group(Integer.parseInt(reference.group(1)));
            reference.appendReplacement(name, Matcher.quoteReplacement(group == null ? "" : group));
        }
        return reference.appendTail(name).toString();
    }

    private static String inCase(String name, Case letters) {
        return switch (letters) {
            case KEPT -> name;
            case LOWER -> name.toLowerCase(Locale.ENGLISH);
            case UPPER -> name.toUpperCase(Locale.ENGLISH);
        };
    }

    /// Reads rules; a slash in a pattern or replacement is written `\/`, and commas need nothing.
    private static final class Cursor {
        private final String text;
        private int position;

        Cursor(String text) {
            this.text = text;
        }

        boolean isAtEnd() {
            return position == text.length();
        }

        void skipBlanks() {
            while (!isAtEnd() && Character.isWhitespace(text.charAt(position))) {
                position++;
            }
        }

        void expect(char wanted) {
            if (isAtEnd() || text.charAt(position) != wanted) {
                throw malformed("a '" + wanted + "' is missing at position " + position);
            }
            position++;
        }

        Rule rule() {
            if (text.startsWith(RULE, position)) {
                position += RULE.length();
                String pattern = part();
                String replacement = part();
                Rule rule = new Rule(Optional.of(compile(pattern)), replacement.strip(), letters());
                checkReferences(rule);
                return rule;
            }
            if (text.startsWith(DEFAULT, position)) {
                position += DEFAULT.length();
                return new Rule(Optional.empty(), "", Case.KEPT);
            }
            throw malformed("neither RULE: nor DEFAULT begins at position " + position);
        }

        /// Up to the next slash.
        private String part() {
            StringBuilder part = new StringBuilder();
            while (!isAtEnd() && text.charAt(position) != '/') {
                if (text.startsWith("\\/", position)) {
                    position++;
                } else if (text.charAt(position) == '\\' && position + 1 < text.length()) {
                    part.append('\\');
                    position++;
                }
                part.append(text.charAt(position));
                position++;
            }
            expect('/');
            return part.toString();
        }

        private Case letters() {
            if (isAtEnd()) {
                return Case.KEPT;
            }
            return switch (text.charAt(position)) {
                case 'L' -> {
                    position++;
                    yield Case.LOWER;
                }
                case 'U' -> {
                    position++;
                    yield Case.UPPER;
                }
                default -> Case.KEPT;
            };
        }

        private Pattern compile(String pattern) {
            try {
                return Pattern.compile(pattern.strip());
            } catch (PatternSyntaxException e) {
                throw malformed("'" + pattern + "' is no pattern: " + e.getDescription());
            }
        }

        private void checkReferences(Rule rule) {
            int groups = rule.pattern.orElseThrow().matcher("").groupCount();
            Matcher reference = BACK_REFERENCE.matcher(rule.replacement);
            while (reference.find()) {
                if (2 < reference.group(1).length() || groups < Integer.parseInt(reference.group(1))) {
                    throw malformed("'" + rule.replacement + "' refers to group " + reference.group(1)
                            + ", and the pattern has " + groups);
                }
            }
        }

        private InvalidSetting malformed(String why) {
            return new InvalidSetting("setting 'ssl.principal.mapping.rules' is '" + text + "': " + why
                    + "; allowed: RULE:PATTERN/REPLACEMENT/[L|U] or DEFAULT, separated by commas");
        }
    }
}
