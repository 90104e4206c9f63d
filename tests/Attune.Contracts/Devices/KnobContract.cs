using Attune.Devices.Knobs;

namespace Attune.Contracts.Devices;

/// <summary>What every knob keeps. A new kind inherits this by a class that makes one that may be turned.</summary>
public abstract class KnobContract : IDisposable
{
    /// <summary>Makes the knob; the test turns it and turns it back.</summary>
    protected abstract IKnob Open();

    [Fact]
    public void It_says_what_it_is_and_which_values_it_takes()
    {
        Knob description = Open().Description;
        description.Id.ShouldNotBeNullOrWhiteSpace();
        description.Unit.ShouldNotBeNullOrWhiteSpace();
        description.Values.ShouldNotBeEmpty();
        description.Values.ShouldBe(description.Values.Distinct().Order());
        description.Values[0].ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void What_it_was_turned_to_is_what_it_reads()
    {
        IKnob knob = Open();
        foreach (long value in (long[])[knob.Description.Max, knob.Description.Min, knob.Description.Values[knob.Description.Values.Length / 2]])
        {
            knob.Turn(value).ShouldBeNull();
            KnobChange change = knob.ReadBack(value);
            change.Knob.ShouldBe(knob.Description.Id);
            change.Asked.ShouldBe(value);
            change.Outcome.ShouldBe(KnobOutcome.Applied, change.Message);
            change.Effective.ShouldBe(knob.Read());
            knob.Read().ShouldNotBeNull().ShouldBeInRange(value - (value / 50), value + (value / 50));
        }
    }

    [Fact]
    public void Turned_to_where_it_is_nothing_changes()
    {
        IKnob knob = Open();
        knob.Turn(knob.Description.Min).ShouldBeNull();
        long before = knob.Read().ShouldNotBeNull();
        knob.Turn(knob.Description.Min).ShouldBeNull();
        knob.Read().ShouldBe(before);
    }

    [Fact]
    public void What_undoes_it_is_the_same_each_time_and_empty_where_others_undo_it()
    {
        IKnob knob = Open();
        knob.Snapshot().ShouldBe(knob.Snapshot());
        if (knob.IsRestoredElsewhere)
        {
            knob.Snapshot().ShouldBeEmpty();
        }
    }

    /// <summary>Frees what the knob needed.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the knob needed.</summary>
    protected abstract void Dispose(bool disposing);
}
