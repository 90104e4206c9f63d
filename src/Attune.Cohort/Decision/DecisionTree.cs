using Attune.Cohort.Plans;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Decision;

/// <summary>
/// The decision tree of a cohort (design paper, 1.8 to 1.10): its first level is Delta, the cheapest sufficient setting of each member; its second, X, the
/// approximations that the others would need under it; its leaves the accuracy that they would lose. Buffers are made once; building and choosing allocate
/// nothing. Complexity O(n^2 log settings). One caller at a time.
/// </summary>
internal sealed class DecisionTree(int maxMembers)
{
    private readonly TreeMember[] members = new TreeMember[maxMembers];
    private readonly Branch[] branches = new Branch[maxMembers];
    private readonly double[] scratch = new double[2 * maxMembers];
    private readonly bool[] kept = new bool[maxMembers];
    private int memberCount;
    private int branchCount;

    /// <summary>Branches, one per distinct setting of Delta.</summary>
    public ReadOnlySpan<Branch> Branches => branches.AsSpan(0, branchCount);

    /// <summary>Members that were added.</summary>
    public ReadOnlySpan<TreeMember> Members => members.AsSpan(0, memberCount);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        memberCount = 0;
        branchCount = 0;
    }

    /// <summary>Adds a running member.</summary>
    public void Add(in TreeMember member) => members[memberCount++] = member;

    /// <summary>Looks up Delta and evaluates each distinct element.</summary>
    /// <param name="guard">Share by which settings must be faster than asked for.</param>
    /// <param name="cost">Power counts the member whose wish the branch is, as on the slides; energy counts all.</param>
    public void Build(double guard, CostMeasure cost)
    {
        branchCount = 0;
        for (int i = 0; i < memberCount; i++)
        {
            int setting = members[i].Table.Lookup(members[i].Need, guard, out _).Setting;
            if (!Holds(setting))
            {
                branches[branchCount++] = Evaluate(setting, i, cost);
            }
        }
    }

    /// <summary>What a setting would mean for all members.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="wisher">Index of the member whose wish it is, among those added.</param>
    /// <param name="cost">What counts as cost.</param>
    public Branch Evaluate(int setting, int wisher, CostMeasure cost)
    {
        double loss = 0;
        double late = 0;
        double all = 0;
        bool feasible = true;
        for (int j = 0; j < memberCount; j++)
        {
            ref readonly TreeMember member = ref members[j];
            ref readonly SpeedUpRow row = ref member.Table[setting];
            ref readonly ApproximationRow form = ref member.Approximations(setting).Lookup(member.Need / row.SpeedUp, out bool enough);
            loss += member.Weight * form.Loss;
            all += row.Cost / form.SpeedUp;
            if (!enough)
            {
                feasible = false;
                late += member.Weight * Math.Max(0, (member.RestAtSlowestUs / (row.SpeedUp * form.SpeedUp)) - member.BudgetUs);
            }
        }

        return new Branch(members[wisher].Member, setting, cost == CostMeasure.Power ? members[wisher].Table[setting].Cost : all, loss, feasible, late);
    }

    /// <summary>Chooses a branch.</summary>
    /// <param name="mode">What counts.</param>
    /// <param name="strict">True: as on the slides, no branch is dropped for being predicted to miss.</param>
    /// <returns>Index of the branch.</returns>
    public int Choose(CohortMode mode, bool strict)
    {
        Filter(strict);
        if (mode == CohortMode.Balanced)
        {
            return Regression.Choose(Branches, kept, scratch);
        }

        int best = -1;
        for (int i = 0; i < branchCount; i++)
        {
            if (kept[i] && (best < 0 || IsBetter(mode, branches[i], branches[best])))
            {
                best = i;
            }
        }

        return best;
    }

    private static bool IsBetter(CohortMode mode, in Branch one, in Branch other) => mode == CohortMode.MinEnergy
        ? one.Cost < other.Cost || (one.Cost == other.Cost && one.Loss < other.Loss)
        : one.Loss < other.Loss || (one.Loss == other.Loss && one.Cost < other.Cost);

    // Deadlines come first: with a feasible branch all others go; without one, only those with the least lateness stay.
    private void Filter(bool strict)
    {
        bool any = false;
        double min = double.PositiveInfinity;
        for (int i = 0; i < branchCount; i++)
        {
            any |= branches[i].Feasible;
            min = Math.Min(min, branches[i].LatenessUs);
        }

        for (int i = 0; i < branchCount; i++)
        {
            kept[i] = strict || (any ? branches[i].Feasible : branches[i].LatenessUs <= min);
        }
    }

    private bool Holds(int setting)
    {
        for (int i = 0; i < branchCount; i++)
        {
            if (branches[i].Setting == setting)
            {
                return true;
            }
        }

        return false;
    }
}
