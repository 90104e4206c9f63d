using System.Collections.Immutable;

namespace Attune.Records.Documents;

/// <summary>Why a document cannot be used.</summary>
/// <param name="Problems">Everything that is wrong with it; at least one.</param>
public sealed record DocumentError(ImmutableArray<DocumentProblem> Problems);
