using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;

namespace Attune.Cohort.Tests.Live;

/// <summary>A controller that answers what a test says, and remembers what it was told.</summary>
internal sealed class ScriptedController(Func<int, StageChoice>? choose = null) : IStageController
{
    private readonly Func<int, StageChoice> choose = choose ?? (_ => new StageChoice(StageChoice.Keep, 0, Abort: false));

    public List<string> Calls { get; } = [];

    public int Applied { get; set; }

    public CohortMode Mode { get; private set; }

    public StageChoice Release(int member, double releaseUs, double nowUs) => Note($"release {member}", member);

    public StageChoice Boundary(int member, double nowUs) => Note($"boundary {member}", member);

    public int Complete(int member, double nowUs, bool finished)
    {
        Calls.Add($"complete {member} {finished}");
        return StageChoice.Keep;
    }

    public int Limit(SettingLimits? limits)
    {
        Calls.Add($"limit {string.Join(',', limits?.Removed ?? [])}");
        return limits?.Instead(Applied) is { } next && next != Applied ? next : StageChoice.Keep;
    }

    public void SetMode(CohortMode mode) => Mode = mode;

    public void SetDeadline(int member, double deadlineUs, double periodUs) => Calls.Add($"deadline {member} {deadlineUs} {periodUs}");

    private StageChoice Note(string call, int member)
    {
        Calls.Add(call);
        return choose(member);
    }
}
