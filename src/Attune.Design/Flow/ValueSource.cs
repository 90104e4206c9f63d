using System.Collections.Immutable;

namespace Attune.Design.Flow;

/// <summary>What a search makes large, and what the user should know about it.</summary>
/// <param name="Model">Values of designs.</param>
/// <param name="Warnings">How much they are worth.</param>
public sealed record ValueSource(ValueModel Model, ImmutableArray<string> Warnings);
