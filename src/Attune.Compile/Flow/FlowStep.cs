using Attune.Kernels.Templates;

namespace Attune.Compile.Flow;

/// <summary>One step of a model as the flow of data sees it.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Workload">Its geometry when it is searched, else null.</param>
public sealed record FlowStep(string Name, WeightedWorkload? Workload);
