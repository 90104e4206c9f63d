using Attune.Devices;
using Attune.Graph;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

// Tunes an ONNX file for the processor at hand, two minutes or so many trials, and writes a tuned model. Ctrl-C keeps what was found until then.
if (args.Length < 2)
{
    Console.Error.WriteLine("TuneModel MODEL.onnx OUT.attune [TRIALS]");
    return 2;
}

Result<ReadModel, UnreadableModel> read = OnnxReader.Read(args[0]);
if (!read.Succeeded)
{
    Console.Error.WriteLine(read.Error);
    return 3;
}

var session = new TuneSession(read.Value.Network, new TuneOptions
{
    Budget = TimeSpan.FromMinutes(2),
    Trials = args.Length > 2 ? int.Parse(args[2]) : null,
    Source = args[0],
    Output = args[1],
});
Console.WriteLine($"tuning {session.Plan.Tasks.Length} tasks on {session.Plan.Options.Threads} threads");

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
double best = double.PositiveInfinity;
Result<TuneOutcome, TuneError> result = await session.RunAsync(new Progress<TuneEvent>(Tell), stop.Token);
if (!result.Succeeded)
{
    Console.Error.WriteLine($"{result.Error.Message} {result.Error.Next}");
    return 5;
}

TuneOutcome found = result.Value;
Console.WriteLine($"{found.BeforeMs:0.000} ms -> {found.AfterMs:0.000} ms after {found.Report.Trials} trials, {found.Recorded} measurements recorded");
return 0;

void Tell(TuneEvent happened)
{
    if (happened is TrialMeasured { ModelLatencyMs: { } latency } trial && latency < best)
    {
        best = latency;
        Console.WriteLine($"trial {trial.TotalTrials}: layers add up to {latency:0.000} ms");
    }
}
