using System.Collections.Immutable;

namespace Attune.Runtime.Stages;

/// <summary>Some steps of a model that run without interruption.</summary>
/// <param name="Name">Its first and last exact step.</param>
/// <param name="First">First step.</param>
/// <param name="End">First step after it.</param>
/// <param name="Layers">Layers with several forms in it, as positions in <see cref="CompiledModel.LayersWithForms"/>.</param>
public sealed record Stage(string Name, int First, int End, ImmutableArray<int> Layers);
