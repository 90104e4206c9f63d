using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;

namespace Attune.Cohort.Live;

/// <summary>The cohort's controller with one of the policies, as a live run calls it.</summary>
internal sealed class PolicyStageController(CohortController controller) : IStageController
{
    /// <inheritdoc/>
    public int Applied => controller.Applied;

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public static PolicyStageController Create(CohortSetup setup, string policy, DecisionLog? log = null) =>
        new(new CohortController(policy, new PolicyContext(setup), log));

    /// <inheritdoc/>
    public StageChoice Release(int member, double releaseUs, double nowUs) => controller.Release(member, releaseUs, nowUs);

    /// <inheritdoc/>
    public StageChoice Boundary(int member, double nowUs) => controller.Boundary(member, nowUs);

    /// <inheritdoc/>
    public int Complete(int member, double nowUs, bool finished) => controller.Complete(member, nowUs, finished);

    /// <inheritdoc/>
    public int Limit(SettingLimits? limits) => controller.Limit(limits);

    /// <inheritdoc/>
    public void SetMode(CohortMode mode) => controller.Mode = mode;

    /// <inheritdoc/>
    public void SetDeadline(int member, double deadlineUs, double periodUs) => controller.SetDeadline(member, deadlineUs, periodUs);
}
