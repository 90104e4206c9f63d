using System.Collections.Immutable;

namespace Attune.Runtime.Stages;

/// <summary>A layer that can be computed in more than one form.</summary>
/// <param name="Name">Name of its exact node.</param>
/// <param name="Forms">Numbers of the cheaper forms, ascending, each at least 1; 0 is the exact one and not listed.</param>
public sealed record FormedLayer(string Name, ImmutableArray<int> Forms);
