using System.Runtime.InteropServices;

namespace Attune.Cohort.Control;

/// <summary>What to do before the next stage of a job.</summary>
/// <param name="Setting">Setting to apply now; <see cref="Keep"/> or <see cref="Rest"/> for none.</param>
/// <param name="Variant">Variant in which the next stage runs.</param>
/// <param name="Abort">True when the job is to be given up.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StageChoice(int Setting, int Variant, bool Abort)
{
    /// <summary>The setting stays as it is.</summary>
    public const int Keep = -1;

    /// <summary>The machine goes to its deepest state: nothing runs.</summary>
    public const int Rest = -2;
}
