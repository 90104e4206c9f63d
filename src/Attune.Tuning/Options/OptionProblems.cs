using System.Collections.Immutable;

namespace Attune.Tuning.Options;

/// <summary>Why assignments from a user are no options.</summary>
/// <param name="Sentences">One sentence per problem, at least one, each with what to type instead.</param>
public sealed record OptionProblems(ImmutableArray<string> Sentences);
