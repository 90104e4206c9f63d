using Attune.Cohort.Control;

namespace Attune.Cohort.Policies;

/// <summary>
/// Decides before every stage which setting the machine should have and in which variant the stage runs. Knows no clock and does no I/O: time stands in the
/// state. May keep state of its own. Allocates nothing once made. One caller at a time.
/// </summary>
internal abstract class CohortPolicy
{
    /// <summary>True when the machine goes to its deepest state while nothing runs.</summary>
    public virtual bool Rests => true;

    /// <summary>True when reserves grow with misses.</summary>
    public virtual bool LearnsFromMisses => false;

    /// <summary>A job begins; comes before its first <see cref="Wish"/>.</summary>
    public virtual void Released(CohortState state, int member)
    {
    }

    /// <summary>The setting wanted before the member's next stage.</summary>
    public abstract PolicyWish Wish(CohortState state, int member);

    /// <summary>The variant of the member's next stage, under the setting that is really in force.</summary>
    public virtual int Variant(CohortState state, int member) => 0;

    /// <summary>A job ended.</summary>
    /// <param name="state">The state.</param>
    /// <param name="member">The member.</param>
    /// <param name="serviceUs">Time from its first stage to its end, microseconds.</param>
    public virtual void Completed(CohortState state, int member, double serviceUs)
    {
    }
}
