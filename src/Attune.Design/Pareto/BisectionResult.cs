using System.Runtime.InteropServices;

namespace Attune.Design.Pareto;

/// <summary>What a search along a front found.</summary>
/// <param name="Design">The most valuable design that was measured within the budget; -1 when there is none.</param>
/// <param name="Cost">Its measured cost; NaN when there is none.</param>
/// <param name="Measurements">Designs measured.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BisectionResult(int Design, double Cost, int Measurements);
