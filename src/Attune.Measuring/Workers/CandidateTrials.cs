using Attune.Devices;
using Attune.Measuring.Timing;
using Attune.Records;

namespace Attune.Measuring.Workers;

/// <summary>
/// Measures candidates in this process: build, time, compare with the reference. A candidate's outputs are compared on several inputs after it was timed, more
/// of them when it would become the best; <see cref="MeasureRequest.CheckedRuns"/> asks for nothing but comparisons, hundreds of them, so that a kernel that is
/// wrong now and then is found out.
/// </summary>
internal sealed class CandidateTrials(ICandidateFactory factory, TimeProvider clock)
{
    // Inputs that a candidate is compared on, one of them several kinds of numbers: all that cost less than timing it.
    private const int Inputs = 2;
    private const int InputsOfBest = 5;
    private const int RunsPerInput = 2;

    // A candidate that has just become best cuts others short: it has as many runs compared as fit into the time of timing it.
    private const int RunsPerInputOfNewBest = 25;

    // Of a candidate so slow that time is short, still this many: one of every kind.
    private const int MinInputs = 8;

    // Visits draw from different numbers.
    private const long NumbersPerVisit = 1 << 20;
    private (string Task, int Threads)? prepared;
    private long calibratedAt;
    private double calibrationMs;

    /// <summary>Measures one candidate. Exceptions of the candidate become outcomes, all but <see cref="OutOfMemoryException"/>.</summary>
    /// <param name="wanted">The candidate.</param>
    /// <param name="options">How to time it.</param>
    /// <param name="enter">Told of every stage.</param>
    public MeasureResult Measure(MeasureRequest wanted, MeasureOptions options, Action<WorkerStage> enter)
    {
        if (Prepare(wanted, enter) is { } refusal)
        {
            return refusal;
        }

        if (wanted.CheckedRuns == 0)
        {
            Calibrate(options);
        }

        enter(WorkerStage.Building);
        long start = clock.GetTimestamp();
        CandidateResult built;
        try
        {
            built = factory.Build(wanted.Task, wanted.Knobs, wanted.Threads);
        }
        catch (Exception exception) when (IsTheCandidates(exception))
        {
            built = CandidateResult.CompileError(Describe(exception));
        }

        double compileMs = Math.Max(0, clock.GetElapsedTime(start).TotalMilliseconds - built.DataMs);
        if (built.Candidate is not { } candidate)
        {
            return Failed(built.Outcome, built.Message ?? "The candidate could not be built.");
        }

        string activity = "running";
        using (candidate)
        {
            try
            {
                return wanted.CheckedRuns > 0 ? Confirm() : Time();
            }
            catch (Exception exception) when (exception is not (OutOfMemoryException or IOException))
            {
                return Failed(Outcome.Crash, $"{Describe(exception)} (while {activity} the kernel)");
            }
        }

        MeasureResult Time()
        {
            enter(WorkerStage.Running);
            KernelTiming timing = new TimingProtocol(options).Measure(candidate.Run, wanted.BestMs);

            // A candidate may become best only after it was compared with the reference; one that cannot is not worth the comparison.
            if (timing.CutShort || timing.MedianMs > options.FutilityFactor * wanted.BestMs)
            {
                return new MeasureResult(Outcome.CutShort, timing.TimesMs, timing.MedianMs, compileMs, calibrationMs, null);
            }

            activity = "verifying";
            enter(WorkerStage.Verifying);

            // What the timed runs left comes first: nothing has touched it since.
            Verdict verdict = candidate.Inspect(thorough: false);
            bool isBest = !(timing.MedianMs > wanted.BestMs);
            int perInput = isBest && wanted.Visit == 0 ? RunsPerInputOfNewBest : RunsPerInput;
            long from = clock.GetTimestamp();
            int runs = 1;
            for (int input = 1; verdict.IsCorrect && input <= (isBest ? InputsOfBest : Inputs); input++)
            {
                verdict = CheckInput(candidate, (wanted.Visit * NumbersPerVisit) + input, perInput, () => IsLate(from, options.BudgetMs), ref runs);
            }

            return verdict.IsCorrect
                ? new MeasureResult(Outcome.Ok, timing.TimesMs, timing.MedianMs, compileMs, calibrationMs, null) { CheckedRuns = runs }
                : Wrong(verdict, runs);
        }

        MeasureResult Confirm()
        {
            activity = "verifying";
            enter(WorkerStage.Verifying);
            long from = clock.GetTimestamp();
            Verdict verdict = default;
            int runs = 0;

            // Many runs on one input find what is wrong now and then; many inputs find what is wrong for some.
            int perInput = Math.Max(RunsPerInput, wanted.CheckedRuns / (4 * MinInputs));
            for (int input = 0; verdict.IsCorrect && runs < wanted.CheckedRuns && (input < MinInputs || !IsLate(from, wanted.CheckedMs)); input++)
            {
                verdict = CheckInput(candidate, (wanted.Visit * NumbersPerVisit) + input, perInput, () => IsLate(from, wanted.CheckedMs), ref runs);
            }

            if (verdict.IsCorrect)
            {
                verdict = candidate.Inspect(thorough: true);
            }

            return verdict.IsCorrect
                ? new MeasureResult(Outcome.Ok, [], double.PositiveInfinity, compileMs, calibrationMs, null) { CheckedRuns = runs }
                : Wrong(verdict, runs);
        }

        bool IsLate(long from, double limitMs) => clock.GetElapsedTime(from).TotalMilliseconds >= limitMs;

        MeasureResult Wrong(Verdict verdict, int runs) =>
            Failed(Outcome.WrongResult, $"{verdict} (comparison {runs} on visit {wanted.Visit})") with { CheckedRuns = runs };

        MeasureResult Failed(Outcome outcome, string message) => MeasureResult.Failed(outcome, message, compileMs) with { CalibrationMs = calibrationMs };
    }

    /// <summary>Compares some runs on an input of their own; once time is up, one.</summary>
    private static Verdict CheckInput(ICandidate candidate, long number, int times, Func<bool> isLate, ref int runs)
    {
        candidate.Renew(number);
        Verdict verdict = default;
        for (int run = 0; verdict.IsCorrect && run < times && (run == 0 || !isLate()); run++)
        {
            verdict = candidate.Check();
            runs++;
        }

        return verdict.IsCorrect ? candidate.Inspect(thorough: false) : verdict;
    }

    private MeasureResult? Prepare(MeasureRequest wanted, Action<WorkerStage> enter)
    {
        if (prepared == (wanted.Task, wanted.Threads))
        {
            return null;
        }

        enter(WorkerStage.Preparing);
        try
        {
            prepared = null;
            factory.Prepare(wanted.Task, wanted.Threads);
            prepared = (wanted.Task, wanted.Threads);
            return null;
        }
        catch (Exception exception) when (IsTheCandidates(exception))
        {
            return MeasureResult.Failed(Outcome.Invalid, $"The task '{wanted.Task}' could not be prepared: {Describe(exception)}");
        }
    }

    private void Calibrate(MeasureOptions how)
    {
        if (calibrationMs == 0 || clock.GetElapsedTime(calibratedAt).TotalMilliseconds >= how.CalibrateEveryMs)
        {
            calibrationMs = CalibrationKernel.TimeMs(clock);
            calibratedAt = clock.GetTimestamp();
        }
    }

    // A device that is lost before a kernel ran is nobody's fault: this process ends, and the next one finds it or not.
    private static bool IsTheCandidates(Exception exception) => exception is not (OutOfMemoryException or DeviceException { IsLost: true });

    private static string Describe(Exception exception) => $"{exception.GetType().Name}: {exception.Message}";
}
