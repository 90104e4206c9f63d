using Attune.Measuring.TestWorker;
using Attune.Measuring.Workers;

// The first argument chooses how the worker misbehaves as a process; candidates misbehave by their "act" knob.
switch (args.FirstOrDefault())
{
    case "exit-at-once":
        Console.Error.WriteLine("cannot find the secret ingredient");
        return 3;
    case "never-ready":
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "chatty":
        Console.WriteLine("Welcome to a library that prints");
        Console.Write("and does not even end its line ");
        Console.Out.Flush();
        break;
}

using var factory = new ActingFactory();
WorkerHost.Run(Console.OpenStandardInput(), Console.OpenStandardOutput(), factory);
return 0;
