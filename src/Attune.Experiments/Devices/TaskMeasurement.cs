using System.Runtime.InteropServices;
using Attune.Records;

namespace Attune.Experiments.Devices;

/// <summary>What trying one configuration gave and cost.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="TimeMs">Time per run, milliseconds; positive infinity unless timed.</param>
/// <param name="CostMs">Time that compiling and measuring it takes, milliseconds, whether it was measured now or taken from an earlier measurement.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TaskMeasurement(Outcome Outcome, double TimeMs, double CostMs);
