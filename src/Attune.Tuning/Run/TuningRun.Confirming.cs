using Attune.Measuring;
using Attune.Records;

namespace Attune.Tuning.Run;

/// <content>What was chosen is compared with the reference once more, hundreds of times, and wrong results rule configurations out.</content>
public sealed partial class TuningRun
{
    // The comparisons may take this share of a time budget at most.
    private const double ConfirmationShare = 0.1;

    private TimeSpan ConfirmationReserve
    {
        get
        {
            TimeSpan all = options.ConfirmationTime * states.Length;
            TimeSpan? max = clock.Budget * ConfirmationShare;
            return max < all ? max.Value : all;
        }
    }

    // Fresh inputs and many runs for what is going to be used; whatever fails makes room for the next best, which is checked in its turn.
    private async Task ConfirmChoices(CancellationToken cancellation)
    {
        int left = states.Length;
        foreach (TaskState state in states)
        {
            TimeSpan? share = clock.Left / left--;
            while (state.Chosen is { Index: var index } && !state.IsConfirmed(index))
            {
                TimeSpan limit = share is { } time && time < options.ConfirmationTime ? time : options.ConfirmationTime;
                MeasureResult result = await clock.Measuring(() => confirmation.RunAsync(state.Task, index, Confirmation.FirstVisit, limit, cancellation));
                if (result.Outcome == Outcome.Ok)
                {
                    state.Confirm(index);
                }
                else
                {
                    Disqualify(state, index, result);
                }
            }
        }
    }

    private void Disqualify(TaskState state, long index, MeasureResult result)
    {
        state.Disqualify(index, result.Message);
        notify(new ConfigurationDisqualified(state.Task, index, result.Message));
    }
}
