namespace Attune.Measuring.TestWorker;

/// <summary>Builds candidates that do what their "act" knob says.</summary>
internal sealed class ActingFactory : ICandidateFactory
{
    public void Prepare(string task, int threads)
    {
        switch (task)
        {
            case "unknown":
                throw new InvalidOperationException("no such task");
            case "slow-to-prepare":
                Thread.Sleep(800);
                break;
            case "dies-preparing":
                Environment.Exit(7);
                break;
        }
    }

    public CandidateResult Build(string task, IReadOnlyDictionary<string, string> knobs, int threads)
    {
        string act = knobs["act"];
        return act switch
        {
            "invalid" => CandidateResult.Invalid("tile larger than the output"),
            "too-large" => CandidateResult.CompileError("too many instructions"),
            "build-throws" => throw new NotSupportedException("no such instruction"),
            _ => CandidateResult.Built(new ActingCandidate(act)),
        };
    }

    public void Dispose()
    {
    }
}
