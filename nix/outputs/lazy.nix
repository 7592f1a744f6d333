# A derivation whose name is told before it is looked at, so that to list the outputs fetches no input.
{ system }:

name: derivation:

let
  named = {
    type = "derivation";
    inherit name system;
    outputs = [ "out" ];
    outputName = "out";
    out = named;
    inherit (derivation) drvPath outPath;
  };
in
named
