using Attune.Cohort.Control;
using Attune.Cohort.Plans;

namespace Attune.Cohort.Live;

/// <summary>
/// What decides at boundaries. Called under the cohort's lock, so by one thread at a time; allocates nothing. Times are microseconds of one clock.
/// </summary>
internal interface IStageController
{
    /// <summary>Setting in force, as a position in the setup.</summary>
    int Applied { get; }

    /// <summary>A job of a member was released, or began after it had waited for the one before; answers for its first stage.</summary>
    StageChoice Release(int member, double releaseUs, double nowUs);

    /// <summary>A member has run a stage that was not its last, and is about to run the next.</summary>
    StageChoice Boundary(int member, double nowUs);

    /// <summary>A member's job ended. <see cref="StageChoice.Rest"/> when the machine may rest now.</summary>
    int Complete(int member, double nowUs, bool finished);

    /// <summary>
    /// Takes settings that cannot be had out of the choice; null gives all back. Answers the setting to apply now, or <see cref="StageChoice.Keep"/>.
    /// </summary>
    int Limit(SettingLimits? limits);

    /// <summary>Changes what the cohort is steered towards.</summary>
    void SetMode(CohortMode mode);

    /// <summary>Changes a member's deadline and period, microseconds.</summary>
    void SetDeadline(int member, double deadlineUs, double periodUs);
}
