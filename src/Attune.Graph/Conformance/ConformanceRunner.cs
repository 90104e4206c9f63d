using System.Collections.Immutable;
using Attune.Reference;

namespace Attune.Graph.Conformance;

/// <summary>
/// Runs tests in the layout of ONNX's backend tests. Tests are untrusted data: whatever is wrong with one becomes its verdict. Stateless.
/// </summary>
public static class ConformanceRunner
{
    /// <summary>Runs the tests of a folder on every path.</summary>
    /// <param name="directory">A test's folder, or a folder with tests in it, at most three levels down.</param>
    /// <param name="executors">The paths.</param>
    /// <param name="atOnce">How many tests may run at the same time, at least 1.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ConformanceReport Run(string directory, ImmutableArray<IConformanceExecutor> executors, int atOnce = 1)
    {
        ImmutableArray<ConformanceCase> tests = ConformanceCase.Find(directory);
        var verdicts = new ConformanceVerdict[tests.Length * executors.Length];
        Parallel.For(
            0,
            verdicts.Length,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            i => verdicts[i] = Run(tests[i / executors.Length], executors[i % executors.Length]));
        return new ConformanceReport([.. verdicts]);
    }

    /// <summary>Runs one test on one path. Whatever happens becomes the verdict.</summary>
    public static ConformanceVerdict Run(ConformanceCase test, IConformanceExecutor executor)
    {
        try
        {
            return new ConformanceTrial(test, executor).Run();
        }
        catch (UnsupportedOperatorException missing)
        {
            return test.ExpectsError()
                ? new ConformanceVerdict(test.Name, executor.Name, ConformanceStatus.Passed, string.Empty, missing.Message, 0)
                : new ConformanceVerdict(test.Name, executor.Name, ConformanceStatus.Unsupported, missing.Operator, missing.Reason, 0);
        }
        catch (InvalidNodeException invalid) when (test.ExpectsError())
        {
            return new ConformanceVerdict(test.Name, executor.Name, ConformanceStatus.Passed, string.Empty, invalid.Message, 0);
        }
#pragma warning disable CA1031 // A hostile test may break the run in any way; the message is the verdict, and the next test must still run.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return ConformanceVerdict.Failed(
                test.Name, executor.Name, failure is ArgumentException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}");
        }
    }
}
