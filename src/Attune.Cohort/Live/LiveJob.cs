namespace Attune.Cohort.Live;

/// <summary>One request.</summary>
/// <param name="ReleaseUs">When it was released.</param>
/// <param name="Input">Elements of the input; empty to keep the member's last one.</param>
/// <param name="Output">Receives the output; empty for nobody.</param>
internal sealed record LiveJob(double ReleaseUs, ReadOnlyMemory<float> Input, Memory<float> Output)
{
    private readonly TaskCompletionSource<JobReport> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the job.</summary>
    public Task<JobReport> Completion => completion.Task;

    public void End(JobReport report) => completion.TrySetResult(report);
}
