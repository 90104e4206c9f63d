using System.Globalization;
using Attune.Runtime.FileFuzzer;

// Makes tuned-model files whose hashes are right and whose content is not, loads each and runs what is accepted: a typed error or the right result is good,
// everything else is a failure.
//
//   dotnet run -c Release --project tests/Attune.Runtime.FileFuzzer -- CASES [SEED [FIRST]]     a campaign, in processes of its own; ends with 1 when
//                                                                                               anything failed
//   dotnet run -c Release --project tests/Attune.Runtime.FileFuzzer -- --keep FILE NUMBER SEED  writes the file of one case
if (args is [])
{
    await Console.Error.WriteLineAsync("CASES [SEED [FIRST]] | --keep FILE NUMBER SEED");
    return 2;
}

if (args[0] == "--keep")
{
    Console.WriteLine(new FuzzCase(SampleModels.All()).Write(Number(2), Number(3), args[1]));
    return 0;
}

if (args[0] == "--worker")
{
    var cases = new FuzzCase(SampleModels.All());
    string path = Path.Combine(Path.GetTempPath(), $"attune-fuzz-{Environment.ProcessId}.attune");
    try
    {
        for (int number = Number(1); number < Number(1) + Number(2); number++)
        {
            string what = cases.Write(number, Number(3), path);
            (Verdict verdict, string details) = Trial.Run(path, number);
            Console.WriteLine($"{verdict}\t{what}: {details.ReplaceLineEndings(" ")}");
        }
    }
    finally
    {
        File.Delete(path);
    }

    return 0;
}

var campaign = new Campaign(args.Length > 1 ? Number(1) : 1, Console.Out, Console.Error, TimeProvider.System);
await campaign.RunAsync(args.Length > 2 ? Number(2) : 0, Number(0));
Console.WriteLine($"{Number(0)} files: {string.Join(", ", campaign.Counts.Select(pair => $"{pair.Value} {pair.Key}"))}");
return campaign.Failures == 0 ? 0 : 1;

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
