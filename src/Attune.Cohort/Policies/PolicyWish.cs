using System.Runtime.InteropServices;
using Attune.Cohort.Control;

namespace Attune.Cohort.Policies;

/// <summary>The setting that a policy wants before a stage.</summary>
/// <param name="Setting">The setting; <see cref="StageChoice.Keep"/> for the one in force.</param>
/// <param name="Urgent">True when it must not wait for the dwell time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PolicyWish(int Setting, bool Urgent);
