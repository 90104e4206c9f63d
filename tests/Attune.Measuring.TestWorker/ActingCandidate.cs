using System.Diagnostics;

namespace Attune.Measuring.TestWorker;

/// <summary>A candidate that behaves, or misbehaves in one given way.</summary>
internal sealed unsafe class ActingCandidate(string act) : ICandidate
{
    private readonly List<byte[]> hoard = [];

    public double Run(int times)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            Act();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private void Act()
    {
        switch (act)
        {
            case "throw":
                throw new ArithmeticException("division by a tile of zero");
            case "exit":
                Console.Error.WriteLine("last words");
                Environment.Exit(42);
                break;
            case "segfault":
                Overwrite((int*)0x7000_0000_0000);
                break;
            case "hang":
                Thread.Sleep(Timeout.Infinite);
                break;
            case "hoard":
                for (int i = 0; i < 128; i++)
                {
                    var block = new byte[16 << 20];
                    Array.Fill(block, (byte)1);
                    hoard.Add(block);
                    Thread.Sleep(10);
                }

                break;
            case "print":
                Console.WriteLine("{\"id\":1,\"stage\":\"Done\"}");
                Console.Write("half a line");
                Console.Out.Flush();
                Thread.Sleep(1);
                break;
            case "slow":
                Thread.Sleep(50);
                break;
            default:
                Thread.SpinWait(2000);
                break;
        }
    }

    private static void Overwrite(int* nowhere) => *nowhere = 42;

    public void Renew(long number)
    {
    }

    public Verdict Check() => act switch
    {
        "wrong" => new Verdict(12.5),
        "nan" => new Verdict(double.NaN),
        _ => new Verdict(0.25),
    };

    public Verdict Inspect(bool thorough) => Check();

    public void Dispose() => hoard.Clear();
}
